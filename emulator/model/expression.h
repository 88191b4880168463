#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/model/problem.h"

namespace exthost::model {

/// What somebody waits for, in a line (ux.md 3, `clock run-until`):
///
///     [EXT/]REGION=VERSION     the region serves that version; != another one, or none
///     [EXT/]STAGE=VERSION      every region that takes its version from that stage does
///     [EXT/]*=VERSION          every region does
///     [EXT/]incidents=N        so many incidents are open; != another number
///
/// Without EXT, it must hold of every extension, and incidents of all of them count together.
struct Expression {
  enum class Kind { served, incidents };
  Kind kind = Kind::served;
  bool equal = true;          ///< False: `!=`.
  std::string extension;      ///< As written: hosting service or portal name. Empty: every one.
  std::string place;          ///< A region, normalised, or a stage in lower case, or `*`.
  std::string version;        ///< Of `served`.
  std::size_t incidents = 0;  ///< Of `incidents`.
};

/// Problems are kExpressionInvalid, with the column and a caret. Whether there is such an extension, region
/// or stage is not asked here.
Checked<Expression> parse_expression(std::string_view text);

/// What an expression is held against.
struct ExpressionFacts {
  struct Served {
    std::string extension;  ///< Hosting service name.
    std::string region;     ///< Normalised.
    std::string stage;      ///< That the region takes its version from; empty: never synced.
    std::string version;    ///< Empty: never synced.
  };
  std::vector<Served> regions;
  std::vector<std::string> open_incidents;  ///< The extension of each, by hosting service name.
};

struct ExpressionVerdict {
  bool holds = false;
  /// What there is instead, for a person: `westus and eastus serve 1.0.0.1`. Empty if it holds.
  std::string found;
  /// The expression can never hold: there is no such region or stage. kExpressionInvalid.
  std::optional<base::Error> refusal;
};

/// `extension` of the expression must be empty or a hosting service name that is hosted.
ExpressionVerdict evaluate(const Expression& expression, const ExpressionFacts& facts);

}  // namespace exthost::model
