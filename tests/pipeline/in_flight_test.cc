#include "lib/pipeline/in_flight.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>

namespace wirefold {
namespace {

TEST(InFlight, NoneIsAwaitedUntilTheLastIsAnswered) {
  InFlight in_flight;
  EXPECT_TRUE(in_flight.Add());
  EXPECT_TRUE(in_flight.Add());
  EXPECT_TRUE(in_flight.Add());
  EXPECT_EQ(in_flight.count(), 3);
  std::future<void> none = std::async(std::launch::async, [&] { in_flight.AwaitNone(); });
  in_flight.Remove(2);
  EXPECT_EQ(none.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  in_flight.Remove(1);
  none.get();
  EXPECT_EQ(in_flight.count(), 0);
}

TEST(InFlight, WhatComesAfterClosingCountsTooUntilItIsRefused) {
  InFlight in_flight;
  in_flight.Close();
  in_flight.Close();
  EXPECT_FALSE(in_flight.Add());
  std::future<void> none = std::async(std::launch::async, [&] { in_flight.AwaitNone(); });
  EXPECT_EQ(none.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  in_flight.Remove(1);
  none.get();
}

}  // namespace
}  // namespace wirefold
