#include "emulator/model/problem.h"

#include <algorithm>

#include "emulator/model/codes.h"

namespace exthost::model {
namespace {

constexpr std::size_t kMostFrames = 10;  // a frame costs a walk along its line, which may be the whole file

std::string hint_for(base::JsonFault fault) {
  using base::JsonFault;
  switch (fault) {
    case JsonFault::empty:
      return "write at least an empty object: {}";
    case JsonFault::too_large:
      return "remove what is not needed";
    case JsonFault::too_deep:
      return "flatten the structure";
    case JsonFault::invalid_utf8:
      return "save the file as UTF-8";
    case JsonFault::nul_byte:
      return "remove the NUL byte, or save the file as UTF-8 if it is UTF-16";
    case JsonFault::byte_order_mark:
      return "save the file as UTF-8 without a byte-order mark";
    case JsonFault::trailing_comma:
      return "remove the comma; some of Microsoft's samples have it, strict JSON does not";
    case JsonFault::comment:
      return "remove the comment; JSON has none";
    case JsonFault::single_quotes:
      return "use double quotes";
    case JsonFault::unquoted_key:
      return "put the name in double quotes";
    case JsonFault::duplicate_key:
      return "keep one of them; which one wins is not defined";
    case JsonFault::bad_escape:
      return "write a backslash as \\\\";
    case JsonFault::bad_number:
      return "write a number as JSON does, or put it in double quotes if it is a text";
    case JsonFault::unterminated_string:
      return "add the closing quote";
    case JsonFault::control_character:
      return "write it as an escape, such as \\n or \\t";
    case JsonFault::unexpected:
      return {};
    case JsonFault::unexpected_end:
      return "add what is missing, or upload the whole file";
    case JsonFault::text_after_value:
      return "remove what follows the value";
  }
  return {};
}

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "error";
}

bool has_errors(const std::vector<Problem>& problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem& problem) { return problem.severity == Severity::error; });
}

base::Error to_error(const std::vector<Problem>& problems) {
  const auto first = std::find_if(problems.begin(), problems.end(),
                                  [](const Problem& problem) { return problem.severity == Severity::error; });
  EXTHOST_CHECK(first != problems.end());
  const std::string place = first->where.to_string();
  return {base::ErrorKind::invalid_input, place.empty() ? first->message : place + ": " + first->message,
          first->code};
}

std::vector<Problem> json_problems(std::string_view text, const std::string& file, std::string_view code,
                                   const std::vector<base::JsonProblem>& faults) {
  std::vector<Problem> problems;
  problems.reserve(faults.size());
  for (const auto& fault : faults) {
    const bool has_frame = problems.size() < kMostFrames;
    const bool is_mark = fault.fault == base::JsonFault::byte_order_mark;
    problems.push_back({is_mark ? Severity::warning : Severity::error,
                        std::string(is_mark ? codes::kByteOrderMark : code), fault.message,
                        hint_for(fault.fault), base::locate(text, fault.offset, file),
                        has_frame ? base::code_frame(text, fault.offset, fault.message) : std::string()});
  }
  return problems;
}

}  // namespace exthost::model
