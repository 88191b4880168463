#include "emulator/app/journal_printer.h"

#include "emulator/app/json_fields.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace exthost::app {
namespace {

/// How an event looks; absent: it is not for the terminal.
std::optional<Style> style_of(const std::string& type) {
  if (type == "publish" || type == "seed" || type == "promote" || type == "rollback" || type == "friendly" ||
      type == "config.put" || type == "version.removed" || type == "source.command")
    return Style::link;
  if (type == "incident.opened" || type == "source.failed" || type == "seed.failed" ||
      type == "mount.failed" || type == "source.command.ended" || type == "settings.failed")
    return Style::bad;
  if (type == "incident.resolved" || type == "source.mended" || type == "settings.changed" ||
      type == "settings.mended" || type == "storage.restored" || type == "incident.acknowledged" ||
      type == "storage.failback" || type == "cdn.restored" || type == "cdn.purged")
    return Style::good;
  if (type == "source.notice" || type == "source.waiting" || type == "settings.waits" ||
      type == "settings.notice" || type == "seed.notice" || type == "mount.notice" ||
      type == "publish.leftover" || type == "config.warning" || type == "storage.outage" ||
      type == "storage.failover" || type == "storage.location" || type == "hook.failed" ||
      type == "cdn.outage" || type == "history.failed")
    return Style::warning;
  return std::nullopt;
}

}  // namespace

JournalPrinter::JournalPrinter(base::Journal& journal, Terminal& terminal) : terminal_(terminal) {
  subscription_ = journal.subscribe([this](const base::Event& event) {
    if (!style_of(event.type)) return;
    std::lock_guard lock(mutex_);
    waiting_.push_back(event);
    if (waiting_.size() > kBacklog) {
      waiting_.pop_front();
      ++left_out_;
    }
    changed_.notify_one();
  });
  // What went wrong before anybody was looking; what went right, the banner has said.
  const std::vector<base::Event> before = journal.since(0);
  {
    std::lock_guard lock(mutex_);
    const std::uint64_t first = waiting_.empty() ? UINT64_MAX : waiting_.front().seq;
    for (auto event = before.rbegin(); event != before.rend(); ++event) {
      const auto style = style_of(event->type);
      if (event->seq < first && style && (*style == Style::bad || *style == Style::warning))
        waiting_.push_front(*event);
    }
  }
  thread_ = std::jthread([this] { run(); });
}

JournalPrinter::~JournalPrinter() {
  subscription_ = {};
  std::lock_guard lock(mutex_);
  ending_ = true;
  changed_.notify_one();
}

void JournalPrinter::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const base::Event event = std::move(waiting_.front());
    waiting_.pop_front();
    const std::size_t left_out = std::exchange(left_out_, 0);
    lock.unlock();
    if (left_out > 0)
      terminal_.line(terminal_.styled(Style::dim, "… " + std::to_string(left_out) + " lines left out"));
    print(event);
    lock.lock();
  }
}

void JournalPrinter::print(const base::Event& event) {
  const Style style = *style_of(event.type);
  const std::string time = base::to_iso8601(event.time).substr(11, 8);
  const std::string_view symbol = style == Style::link ? terminal_.reload() : terminal_.symbol(style);
  std::string line = terminal_.styled(Style::dim, time) + "  " + terminal_.styled(style, symbol) + " ";
  if (!event.extension.empty()) line += terminal_.styled(Style::bold, event.extension) + "  ";
  line += event.text;

  const auto data = nlohmann::ordered_json::parse(event.data, nullptr, false);
  if (data.is_object()) {
    if (const std::string code = text_at(data, "code"); !code.empty())
      line += "  " + terminal_.styled(Style::dim, code);
    if (const std::string frame = text_at(data, "frame"); !frame.empty()) line += "\n" + frame;
    while (line.back() == '\n') line.pop_back();
    if (const std::string hint = text_at(data, "hint"); !hint.empty()) line += "\n  " + hint;
  }
  terminal_.line(line);
}

}  // namespace exthost::app
