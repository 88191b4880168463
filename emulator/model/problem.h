#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json_document.h"
#include "emulator/base/result.h"

namespace exthost::model {

using base::SourcePosition;

enum class Severity { note, warning, error };

/// One finding about a user's file: what, where, why it matters, and how to mend it (ux.md 1, rule 8).
struct Problem {
  Severity severity = Severity::error;
  std::string code;     ///< From codes.h.
  std::string message;  ///< One sentence without a full stop.
  std::string hint;     ///< What to do, or empty.
  SourcePosition where;
  std::string frame;  ///< The lines with a caret (base::code_frame), or empty.
};

/// A value exactly if no problem is an error, and everything there is to say about the input.
template <class T>
struct Checked {
  std::optional<T> value;
  std::vector<Problem> problems;
};

/// `note`, `warning`, `error`.
std::string_view to_string(Severity severity);

bool has_errors(const std::vector<Problem>& problems);

/// The first error as an Error of kind `invalid_input`: `config.json:7:24: trailing comma before }`. There
/// must be one.
base::Error to_error(const std::vector<Problem>& problems);

/// All of a JSON text's faults as problems with places and hints, the first ten with frames. A byte-order
/// mark is a warning.
std::vector<Problem> json_problems(std::string_view text, const std::string& file, std::string_view code,
                                   const std::vector<base::JsonProblem>& faults);

}  // namespace exthost::model
