#include "emulator/model/expression.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/cloud.h"
#include "emulator/model/codes.h"
#include "emulator/model/findings.h"
#include "emulator/model/version.h"

namespace exthost::model {
namespace {

constexpr std::size_t kLongest = 500;  // bytes; a name and a version have 128 characters at most
constexpr std::size_t kNamed = 3;      // regions that a verdict lists for each version
constexpr std::string_view kEverywhere = "*";
constexpr std::string_view kIncidents = "incidents";
constexpr const char* kForms =
    "the forms are [EXT/]REGION=VERSION, [EXT/]STAGE=VERSION, *=VERSION and incidents=N";

/// A part of the text without the space around it, and where it begins.
struct Part {
  std::string_view text;
  std::size_t offset = 0;
};

Part part_of(std::string_view whole, std::size_t begin, std::size_t end) {
  Part part{whole.substr(begin, end - begin), begin};
  while (!part.text.empty() && part.text.front() == ' ') {
    part.text.remove_prefix(1);
    ++part.offset;
  }
  while (!part.text.empty() && part.text.back() == ' ') part.text.remove_suffix(1);
  return part;
}

bool is_place(std::string_view text) {
  return text == kEverywhere || std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' ||
                  c == '_' || c == '-';
         });
}

/// Reads the left side into `expression`.
void read_subject(std::string_view text, std::size_t end, Expression& expression, Findings& findings) {
  std::size_t begin = 0;
  const std::size_t slash = text.substr(0, end).find('/');
  if (slash != std::string_view::npos) {
    const Part extension = part_of(text, 0, slash);
    if (extension.text.empty())
      findings.error(codes::kExpressionInvalid, slash, "an extension belongs before the /", kForms);
    expression.extension = extension.text;
    begin = slash + 1;
  }
  const Part place = part_of(text, begin, end);
  if (place.text.empty()) {
    findings.error(codes::kExpressionInvalid, place.offset, "a region, a stage, * or incidents belongs here",
                   kForms);
  } else if (!is_place(place.text)) {
    findings.error(codes::kExpressionInvalid, place.offset,
                   quoted(place.text) + " is neither a region nor a stage", kForms);
  }
  expression.place = normalise_region(place.text);
  if (expression.place == kIncidents) expression.kind = Expression::Kind::incidents;
}

void read_value(const Part& value, Expression& expression, Findings& findings) {
  if (expression.kind == Expression::Kind::incidents) {
    const char* end = value.text.data() + value.text.size();
    const auto read = std::from_chars(value.text.data(), end, expression.incidents);
    if (read.ec != std::errc() || read.ptr != end)
      findings.error(codes::kExpressionInvalid, value.offset, "a number of open incidents belongs here",
                     "such as incidents=0");
    return;
  }
  expression.version = value.text;
  if (value.text.empty()) {
    findings.error(codes::kExpressionInvalid, value.offset, "a version belongs here", "such as 1.0.0.5");
  } else if (const auto good = check_version_name(value.text); !good) {
    findings.error(codes::kExpressionInvalid, value.offset, good.error().message);
  }
}

/// `westus`, `westus and eastus`, `westus, eastus, westus2 and 12 more`.
std::string some_of(const std::vector<std::string>& names) {
  if (names.size() <= kNamed + 1) return list_of(names);
  const std::vector<std::string> first(names.begin(), names.begin() + kNamed);
  std::string text;
  for (const std::string& name : first) text += (text.empty() ? "" : ", ") + name;
  return text + " and " + std::to_string(names.size() - kNamed) + " more";
}

ExpressionVerdict judge_incidents(const Expression& expression, const ExpressionFacts& facts) {
  const auto open = static_cast<std::size_t>(
      expression.extension.empty()
          ? static_cast<std::ptrdiff_t>(facts.open_incidents.size())
          : std::count(facts.open_incidents.begin(), facts.open_incidents.end(), expression.extension));
  ExpressionVerdict verdict;
  verdict.holds = (open == expression.incidents) == expression.equal;
  if (!verdict.holds)
    verdict.found = std::to_string(open) + (open == 1 ? " incident is open" : " incidents are open");
  return verdict;
}

bool is_meant(const Expression& expression, const ExpressionFacts::Served& row) {
  return expression.extension.empty() || row.extension == expression.extension;
}

ExpressionVerdict nowhere(const Expression& expression, const ExpressionFacts& facts) {
  std::set<std::string> places;
  bool stages_known = true;
  for (const ExpressionFacts::Served& row : facts.regions) {
    if (!is_meant(expression, row)) continue;
    places.insert(row.region);
    if (!row.stage.empty()) places.insert(row.stage);
    stages_known = stages_known && !row.stage.empty();
  }
  ExpressionVerdict verdict;
  if (!stages_known && find_region(expression.place) == nullptr) {
    verdict.found = "what is never synced has no stages yet";
    return verdict;
  }
  const std::string meant = did_you_mean(expression.place, {places.begin(), places.end()});
  verdict.refusal =
      base::Error{base::ErrorKind::invalid_input,
                  quoted(expression.place) +
                      " is no region here, and no region takes its version from a stage of that name" +
                      (meant.empty() ? "" : "; " + meant),
                  std::string(codes::kExpressionInvalid)};
  return verdict;
}

}  // namespace

Checked<Expression> parse_expression(std::string_view text) {
  Checked<Expression> checked;
  if (text.size() > kLongest || !base::is_valid_utf8(text)) {
    Findings findings("", "expression");
    findings.error(codes::kExpressionInvalid, 0, "the expression is too long, or not text", kForms);
    checked.problems = std::move(findings).take();
    return checked;
  }
  Findings findings(text, "expression");
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    const bool nothing = base::trim(text).empty();
    findings.error(codes::kExpressionInvalid, nothing ? 0 : text.size(),
                   nothing ? "the expression is empty" : "= or != and what is waited for is missing", kForms);
  } else {
    Expression expression;
    expression.equal = equals == 0 || text[equals - 1] != '!';
    read_subject(text, expression.equal ? equals : equals - 1, expression, findings);
    read_value(part_of(text, equals + 1, text.size()), expression, findings);
    if (!findings.has_errors()) checked.value = std::move(expression);
  }
  checked.problems = std::move(findings).take();
  return checked;
}

ExpressionVerdict evaluate(const Expression& expression, const ExpressionFacts& facts) {
  if (expression.kind == Expression::Kind::incidents) return judge_incidents(expression, facts);
  std::set<std::string_view> extensions;
  for (const ExpressionFacts::Served& row : facts.regions) extensions.insert(row.extension);
  std::size_t meant = 0;
  std::map<std::string, std::vector<std::string>> others;  // version to regions
  for (const ExpressionFacts::Served& row : facts.regions) {
    if (!is_meant(expression, row)) continue;
    if (expression.place != kEverywhere && row.region != expression.place &&
        !base::equals_ignoring_case(row.stage, expression.place)) {
      continue;
    }
    ++meant;
    if ((row.version == expression.version) == expression.equal) continue;
    others[row.version].push_back(extensions.size() > 1 ? row.extension + "/" + row.region : row.region);
  }
  if (meant == 0) return nowhere(expression, facts);
  ExpressionVerdict verdict;
  verdict.holds = others.empty();
  for (const auto& [version, regions] : others) {
    verdict.found += (verdict.found.empty() ? "" : "; ") + some_of(regions) +
                     (regions.size() == 1 ? " serves " : " serve ") + (version.empty() ? "nothing" : version);
  }
  return verdict;
}

}  // namespace exthost::model
