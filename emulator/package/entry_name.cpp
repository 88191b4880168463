#include "emulator/package/entry_name.h"

#include <algorithm>
#include <array>

#include "emulator/base/text.h"
#include "emulator/package/zip_errors.h"

namespace exthost::package {
namespace {

/// Code page 437 from 0x80 on, as UTF-8 (unicode.org, CP437.TXT).
constexpr std::array<const char*, 128> kCp437 = {
    "Ç", "ü", "é", "â", "ä", "à", "å", "ç", "ê", "ë", "è", "ï", "î", "ì", "Ä", "Å",  //
    "É", "æ", "Æ", "ô", "ö", "ò", "û", "ù", "ÿ", "Ö", "Ü", "¢", "£", "¥", "₧", "ƒ",  //
    "á", "í", "ó", "ú", "ñ", "Ñ", "ª", "º", "¿", "⌐", "¬", "½", "¼", "¡", "«", "»",  //
    "░", "▒", "▓", "│", "┤", "╡", "╢", "╖", "╕", "╣", "║", "╗", "╝", "╜", "╛", "┐",  //
    "└", "┴", "┬", "├", "─", "┼", "╞", "╟", "╚", "╔", "╩", "╦", "╠", "═", "╬", "╧",  //
    "╨", "╤", "╥", "╙", "╘", "╒", "╓", "╫", "╪", "┘", "┌", "█", "▄", "▌", "▐", "▀",  //
    "α", "ß", "Γ", "π", "Σ", "σ", "µ", "τ", "Φ", "Θ", "Ω", "δ", "∞", "φ", "ε", "∩",  //
    "≡", "±", "≥", "≤", "⌠", "⌡", "÷", "≈", "°", "∙", "·", "√", "ⁿ", "²", "■", "\u00a0"};

constexpr std::size_t kQuotedBytes = 120;

bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// C0, DEL and, in UTF-8, C1 (U+0080 to U+009F).
bool has_control_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
  }
  return false;
}

std::string from_cp437(std::string_view raw) {
  std::string text;
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += kCp437[byte - 0x80u];
    }
  }
  return text;
}

base::Result<void> check_segment(std::string_view segment, std::string_view name,
                                 const PackageLimits& limits) {
  if (segment.empty()) {
    return zip_names("entry " + quoted_name(name) + " has an empty segment in its name");
  }
  if (segment == "..")
    return zip_unsafe("entry " + quoted_name(name) + " leads out of the package with '..'");
  if (segment == ".") return zip_unsafe("entry " + quoted_name(name) + " has '.' as a segment of its name");
  if (segment.find(':') != std::string_view::npos) {
    return zip_unsafe("entry " + quoted_name(name) +
                      " has a colon in its name, which names a drive or a stream");
  }
  if (segment.size() > limits.segment_bytes) {
    return zip_names("entry " + quoted_name(name) + " has a segment of " + std::to_string(segment.size()) +
                     " bytes, the limit is " + std::to_string(limits.segment_bytes));
  }
  return {};
}

}  // namespace

base::Result<void> check_entry_name(std::string_view name, const PackageLimits& limits) {
  if (name.empty()) return zip_names("an entry has no name");
  if (name.size() > limits.name_bytes) {
    return zip_names("entry " + quoted_name(name) + " has a name of " + std::to_string(name.size()) +
                     " bytes, the limit is " + std::to_string(limits.name_bytes));
  }
  if (!is_ascii(name) && !base::is_valid_utf8(name)) {
    return zip_names("entry " + quoted_name(name) + " has a name that is not valid UTF-8");
  }
  if (has_control_character(name)) {
    return zip_names("entry " + quoted_name(name) + " has a control character in its name");
  }
  if (name.front() == '/') {
    return zip_unsafe("entry " + quoted_name(name) + " has an absolute path for a name");
  }
  if (name.size() >= 2 && name[1] == ':' && is_ascii_letter(name[0])) {
    return zip_unsafe("entry " + quoted_name(name) + " names a drive");
  }
  if (name.find('\\') != std::string_view::npos) {
    return zip_unsafe("entry " + quoted_name(name) +
                      " has a backslash in its name, which other systems take as a separator");
  }

  std::size_t depth = 0;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    if (auto checked = check_segment(name.substr(begin, end - begin), name, limits); !checked) return checked;
    ++depth;
    begin = end + 1;
  }
  if (depth > limits.depth) {
    return zip_names("entry " + quoted_name(name) + " is " + std::to_string(depth) +
                     " levels deep, the limit is " + std::to_string(limits.depth));
  }
  return {};
}

base::Result<EntryName> decode_entry_name(std::string_view raw, std::string_view unicode_path,
                                          bool marked_utf8, const PackageLimits& limits) {
  EntryName result;
  if (raw.size() > limits.name_bytes) {
    return zip_names("entry " + quoted_name(raw) + " has a name of " + std::to_string(raw.size()) +
                     " bytes, the limit is " + std::to_string(limits.name_bytes));
  }
  std::string_view text = raw;
  if (!marked_utf8 && !unicode_path.empty()) {
    if (unicode_path != raw) text = result.rewritten.emplace(unicode_path);
  } else if (!marked_utf8 && !is_ascii(raw) && !base::is_valid_utf8(raw)) {
    text = result.rewritten.emplace(from_cp437(raw));
    result.from_cp437 = true;
  }
  if (text.find('\\') != std::string_view::npos) {
    if (!result.rewritten) result.rewritten.emplace(text);
    std::replace(result.rewritten->begin(), result.rewritten->end(), '\\', '/');
    text = *result.rewritten;
    result.had_backslashes = true;
  }
  if (!text.empty() && text.back() == '/') {
    result.folder = true;
    text.remove_suffix(1);
    if (text.empty()) return zip_unsafe("entry " + quoted_name(raw) + " has an absolute path for a name");
  }
  if (auto checked = check_entry_name(text, limits); !checked) return std::move(checked).error();
  if (result.folder) result.rewritten.emplace(std::string(text));
  return result;
}

std::string quoted_name(std::string_view raw) {
  std::string text = "'";
  const bool readable = raw.size() <= kQuotedBytes && base::is_valid_utf8(raw) && !has_control_character(raw);
  for (const char c : raw.substr(0, kQuotedBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool shown = byte >= 0x20 && byte != 0x7f && (byte < 0x80 || readable);
    text += shown ? c : '?';
  }
  if (raw.size() > kQuotedBytes) text += "...";
  return text + "'";
}

}  // namespace exthost::package
