#include "lib/base/bounded_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace wirefold {
namespace {

TEST(BoundedQueue, KeepsOrder) {
  BoundedQueue<int> queue(3);
  EXPECT_TRUE(queue.Push(1));
  EXPECT_TRUE(queue.Push(2));
  EXPECT_EQ(queue.Pop(), 1);
  EXPECT_EQ(queue.TryPop(), 2);
  EXPECT_EQ(queue.TryPop(), std::nullopt);
}

TEST(BoundedQueue, PushWaitsAtTheCapacity) {
  BoundedQueue<int> queue(1);
  ASSERT_TRUE(queue.Push(1));
  std::atomic<bool> pushed = false;
  std::thread producer([&] {
    queue.Push(2);
    pushed = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(pushed);
  EXPECT_EQ(queue.Pop(), 1);
  EXPECT_EQ(queue.Pop(), 2);
  producer.join();
}

TEST(BoundedQueue, CloseLetsTheRestBePopped) {
  BoundedQueue<int> queue(4);
  queue.Push(1);
  queue.Close();
  EXPECT_FALSE(queue.Push(2));
  EXPECT_EQ(queue.Pop(), 1);
  EXPECT_EQ(queue.Pop(), std::nullopt);
}

constexpr auto kAll = [](int) { return true; };

TEST(BoundedQueue, PopSomeTakesAShareOfWhatIsThere) {
  BoundedQueue<int> queue(16);
  for (int i = 0; i < 10; ++i) queue.Push(i);
  std::vector<int> values;
  ASSERT_TRUE(queue.PopSome(8, 3, kAll, values));
  EXPECT_EQ(values, (std::vector<int>{0, 1, 2, 3}));
  ASSERT_TRUE(queue.PopSome(8, 3, kAll, values));
  EXPECT_EQ(values, (std::vector<int>{0, 1, 2, 3, 4, 5}));
  values.clear();
  ASSERT_TRUE(queue.PopSome(3, 1, kAll, values));
  EXPECT_EQ(values, (std::vector<int>{6, 7, 8}));
  ASSERT_TRUE(queue.PopSome(8, 3, kAll, values));
  EXPECT_EQ(values.back(), 9);
  EXPECT_EQ(queue.size(), 0u);
  queue.Push(10);
  queue.Close();
  ASSERT_TRUE(queue.PopSome(8, 1, kAll, values));
  EXPECT_EQ(values.back(), 10);
  EXPECT_FALSE(queue.PopSome(8, 1, kAll, values));
}

TEST(BoundedQueue, PopSomeMakesRoomForAllWhoWait) {
  BoundedQueue<int> queue(2);
  queue.Push(1);
  queue.Push(2);
  std::vector<std::thread> producers;
  for (int i = 0; i < 2; ++i) {
    producers.emplace_back([&] { queue.Push(3); });
  }
  // Both wait, as far as can be told.
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  std::vector<int> values;
  ASSERT_TRUE(queue.PopSome(2, 1, kAll, values));
  for (std::thread& thread : producers) thread.join();
  ASSERT_TRUE(queue.PopSome(2, 1, kAll, values));
  EXPECT_EQ(values, (std::vector<int>{1, 2, 3, 3}));
}

TEST(BoundedQueue, PopSomeEndsBeforeWhatDoesNotFit) {
  BoundedQueue<int> queue(16);
  for (const int value : {100, 3, 4, 5, 100}) queue.Push(value);
  int sum = 0;
  const auto fits = [&sum](int value) { return (sum += value) <= 10; };
  std::vector<int> values;
  ASSERT_TRUE(queue.PopSome(8, 1, fits, values));
  EXPECT_EQ(values, std::vector<int>{100});
  sum = 0;
  ASSERT_TRUE(queue.PopSome(8, 1, fits, values));
  EXPECT_EQ(values, (std::vector<int>{100, 3, 4}));
  EXPECT_EQ(queue.size(), 2u);
}

TEST(BoundedQueue, PopSomeWaitsForTheFirst) {
  BoundedQueue<int> queue(4);
  std::thread producer([&] { queue.Push(7); });
  std::vector<int> values;
  EXPECT_TRUE(queue.PopSome(4, 4, kAll, values));
  EXPECT_EQ(values, std::vector<int>{7});
  producer.join();
}

TEST(BoundedQueue, ManyProducersAndConsumersLoseNothing) {
  BoundedQueue<int> queue(8);
  std::atomic<int64_t> sum = 0;
  std::vector<std::thread> consumers;
  for (int i = 0; i < 3; ++i) {
    consumers.emplace_back([&] {
      while (std::optional<int> value = queue.Pop()) sum += *value;
    });
  }
  std::vector<std::thread> producers;
  for (int i = 0; i < 3; ++i) {
    producers.emplace_back([&] {
      for (int n = 1; n <= 1000; ++n) queue.Push(n);
    });
  }
  for (std::thread& thread : producers) thread.join();
  queue.Close();
  for (std::thread& thread : consumers) thread.join();
  EXPECT_EQ(sum, 3 * 500500);
}

}  // namespace
}  // namespace wirefold
