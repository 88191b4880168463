#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/base/json_document.h"
#include "emulator/model/problem.h"

namespace exthost::app {

/// What a key of an object means: takes its value, may add problems.
using KeyReader = std::function<void(const base::JsonMember&)>;
using KeyReaders = std::vector<std::pair<std::string, KeyReader>>;

/// The text with asterisks in place of what may be an account's key: every string below `accounts`, and
/// everything long enough in the characters of base64. Lengths and lines stay. `value`: the text parsed, or
/// null.
std::string without_keys(std::string_view text, const base::JsonValue* value);

/// The text of a settings file and what is wrong with it so far: what each part of the file is read with.
/// What it reports shows no account's key.
class SettingsFields {
 public:
  /// Relative paths are taken from `folder`. `text` outlives this.
  SettingsFields(std::string_view text, std::string file_name, std::filesystem::path folder);

  /// The file's value, unless its text left none; reports what is wrong with the text.
  std::optional<base::JsonValue> parse();

  const std::filesystem::path& folder() const { return folder_; }
  base::SourcePosition position(std::size_t offset) const;

  void report(std::size_t offset, std::string_view code, std::string message, std::string hint = {});
  /// As report, of what does no harm.
  void warn(std::size_t offset, std::string_view code, std::string message, std::string hint = {});
  /// `member` is none of the `known` keys of `where`.
  void report_unknown(const base::JsonMember& member, const std::string& where,
                      const std::vector<std::string>& known);

  /// The value's text or texts; what is none is reported. `where` is the object that `member` stands in.
  std::optional<std::string> string_of(const base::JsonMember& member, const std::string& where);
  std::vector<std::string> strings_of(const base::JsonMember& member, const std::string& where);

  /// Reads an object by a table of its keys; anything else in it is unknown.
  void read_object(const base::JsonMember& member, const std::string& where, const KeyReaders& keys);
  void read_object(const base::JsonValue& object, const std::string& where, const KeyReaders& keys);

  /// A reader that puts a key's value into `target`, which outlives it.
  KeyReader into(std::string& target, const std::string& where);
  KeyReader into(std::filesystem::path& target, const std::string& where);
  KeyReader into(std::vector<std::string>& target, const std::string& where);
  KeyReader into(bool& target, const std::string& where);

  std::size_t problem_count() const { return problems_.size(); }
  std::vector<model::Problem> take_problems() { return std::move(problems_); }

 private:
  std::string_view text_;
  std::string shown_;  ///< Without keys.
  std::string file_name_;
  std::filesystem::path folder_;
  std::vector<model::Problem> problems_;
};

}  // namespace exthost::app
