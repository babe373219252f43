#include <gtest/gtest.h>
TEST(Synth, X) {}
