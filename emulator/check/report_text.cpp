#include <utility>

#include "emulator/base/text.h"
#include "emulator/check/reports.h"

namespace exthost::check {
namespace {

using Ink = TextLook::Ink;
using model::Severity;

/// A name or sentence without what a terminal would obey: names of files and blobs may hold anything.
std::string tame(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return text;
}

class Writer {
 public:
  explicit Writer(const TextLook& look) : look_(look) {}

  std::string paint(Ink ink, std::string_view text) const {
    return look_.paint ? look_.paint(ink, text) : std::string(text);
  }
  std::string mark(Ink ink) const {
    if (ink == Ink::good) return look_.unicode ? "✔" : "ok";
    if (ink == Ink::bad) return look_.unicode ? "✖" : "x";
    if (ink == Ink::warning) return look_.unicode ? "⚠" : "!";
    return look_.unicode ? "·" : "-";
  }

  void finding(const Finding& finding) {
    const model::Problem& problem = finding.problem;
    const Ink ink = ink_of(problem.severity);
    text_ += paint(ink, mark(ink) + " " + tame(problem.message));
    if (!problem.code.empty()) text_ += "  " + paint(Ink::dim, problem.code);
    text_ += "\n";
    if (const std::string place = tame(finding.place()); !place.empty())
      text_ += "  " + paint(Ink::link, place) + "\n";
    if (!problem.frame.empty()) {
      text_ += problem.frame;
      if (!problem.frame.ends_with('\n')) text_ += "\n";
    }
    if (!problem.hint.empty()) text_ += "  " + tame(problem.hint) + "\n";
  }

  void subject(const SubjectResult& subject, bool strict) {
    text_ += paint(Ink::bold, tame(subject.subject)) + paint(Ink::dim, ": " + subject.kind) + "\n";
    for (const Finding& found : subject.findings) finding(found);
    CheckReport one{{}, strict};
    one.subjects.push_back(subject);
    outcome(one, tame(subject.subject), subject.extent, "");
  }

  /// `✖ 2 errors in a`, `⚠ 1 warning in a`, `✔ a: 5 versions, no problems`
  void outcome(const CheckReport& report, const std::string& where, const std::string& extent,
               const std::string& took) {
    const std::size_t errors = report.count(Severity::error);
    const std::size_t warnings = report.count(Severity::warning);
    const std::size_t notes = report.count(Severity::note);
    const std::string counts = counts_in_words(errors, warnings, notes);
    if (errors + warnings == 0) {
      const std::string looked = extent.empty() ? "" : extent + ", ";
      const std::string noted = notes == 0 ? "" : ", " + base::counted(notes, "note");
      text_ += paint(Ink::good, mark(Ink::good) + " " + where + ": " + looked + "no problems" + noted);
    } else {
      const Ink ink = report.good() ? Ink::warning : Ink::bad;
      text_ += paint(ink, mark(ink) + " " + counts + " in " + where);
    }
    if (!took.empty()) text_ += paint(Ink::dim, (look_.unicode ? " · " : " - ") + took);
    text_ += "\n";
  }

  void gap() { text_ += "\n"; }
  std::string take() && { return std::move(text_); }

 private:
  static Ink ink_of(Severity severity) {
    switch (severity) {
      case Severity::error:
        return Ink::bad;
      case Severity::warning:
        return Ink::warning;
      case Severity::note:
        return Ink::dim;
    }
    return Ink::plain;
  }

  const TextLook& look_;
  std::string text_;
};

}  // namespace

std::string text_report(const CheckReport& report, const TextLook& look,
                        std::optional<std::chrono::milliseconds> took) {
  Writer writer(look);
  for (const SubjectResult& subject : report.subjects) {
    writer.subject(subject, report.strict);
    if (report.subjects.size() > 1) writer.gap();
  }
  std::string text = std::move(writer).take();
  const std::string duration = took ? std::to_string(took->count()) + " ms" : "";
  if (report.subjects.size() > 1) {
    Writer last(look);
    last.outcome(report, base::counted(report.subjects.size(), "subject"), "", duration);
    text += std::move(last).take();
  } else if (!duration.empty() && text.ends_with('\n')) {
    text.insert(text.size() - 1, Writer(look).paint(Ink::dim, (look.unicode ? " · " : " - ") + duration));
  }
  return text;
}

}  // namespace exthost::check
