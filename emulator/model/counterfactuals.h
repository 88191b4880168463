#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exthost::model {

struct ExplainBasis;
struct ExplainQuestion;
struct Explanation;

/// One thing that could be otherwise.
struct Change {
  enum class Kind {
    url,           ///< The portal URL is `value`.
    region,        ///< The user is in the region `value`.
    config,        ///< The string at `where` (`config.json:6:13`) is `value`.
    registration,  ///< The registration at `where` has `value` (`"disabled": false`).
    file,          ///< The version has a file `where` with the text `value`.
    sync,          ///< The region `where` has taken the newer config.json, as it will at `value`.
  };
  Kind kind = Kind::url;
  std::string where;  ///< Of `url` and `region`: empty.
  std::string value;
};
/// `url`, `region`, `config`, `registration`, `file`, `sync`.
std::string_view to_string(Change::Kind kind);

/// What would come of one change and nothing else (ux.md 9, row 1).
struct Counterfactual {
  std::string text;  ///< `would be 1.0.0.5 with &Microsoft_Azure_Demo=stage1 in the URL`
  Change change;
  std::string version;        ///< Empty if the extension would be loaded from somewhere else.
  std::optional<int> status;  ///< As Explanation::status.
};

/// The changes that would make a difference, the likeliest to be wanted first: what is on its way, a flag
/// that is missing, a registration that disables, settings that are missing; then another version for the
/// stage or friendly name that decided; then, once for each other version, a stamp in the URL (stages first,
/// six at most); then one other region.
///
/// Each of them is tried: `question` is asked again with the change made, and what makes no difference is
/// left out. With a change of `url`, the question keeps its region and environment.
std::vector<Counterfactual> find_counterfactuals(const ExplainQuestion& question, const ExplainBasis& basis,
                                                 const Explanation& explanation);

/// The same of the first extension that the question is about.
std::vector<Counterfactual> find_counterfactuals(const ExplainQuestion& question, const ExplainBasis& basis);

}  // namespace exthost::model
