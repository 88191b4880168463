// What `clock run-until` waits for: whatever the text, there is an expression or a problem with a place in
// it.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/model/expression.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exthost::model;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto checked = parse_expression(text);
  EXTHOST_CHECK(checked.value.has_value() == checked.problems.empty());
  if (!checked.value) {
    EXTHOST_CHECK(checked.problems.front().where.known());
    EXTHOST_CHECK(checked.problems.front().where.column <= size + 1);
    return 0;
  }
  const ExpressionFacts facts{{{"demo", "westus", "stage4", "1.0"}, {"demo", "eastus", "", ""}}, {"demo"}};
  const ExpressionVerdict verdict = evaluate(*checked.value, facts);
  EXTHOST_CHECK(!(verdict.holds && verdict.refusal));
  EXTHOST_CHECK(verdict.holds == (verdict.found.empty() && !verdict.refusal));
  return 0;
}
