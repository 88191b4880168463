// Random sequences of requests on a durable account, whose store is closed and opened again now and then,
// held against a plain model of what an account is (account_model.h): statuses, codes, headers, bodies,
// listings, and at the end the content folder. A sequence follows from its seed, which a failure names.
//
// EXTHOST_RANDOM_SEQUENCES=200 tries more of them, EXTHOST_RANDOM_SEED=17 begins with that one.
#include <cstdlib>

#include "tests/unit/storage/random_sequence.h"

using namespace exthost::test;

namespace {

constexpr int kSteps = 800;  // of a sequence

int from_environment(const char* name, int otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::atoi(value);
}

}  // namespace

TEST_CASE("Whatever is asked of an account in whatever order, it answers what a plain model of it says") {
  const int sequences = from_environment("EXTHOST_RANDOM_SEQUENCES", 4);
  const int first = from_environment("EXTHOST_RANDOM_SEED", 1);
  for (int seed = first; seed < first + sequences; ++seed) {
    INFO("EXTHOST_RANDOM_SEED=" << seed);
    Sequence sequence(static_cast<std::uint64_t>(seed));
    for (int step = 0; step < kSteps; ++step) {
      INFO("step " << step);
      sequence.step();
    }
    sequence.check_content();
  }
}
