#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "emulator/app/terminal.h"
#include "emulator/base/journal.h"

namespace exthost::app {

/// Prints what people want to see of the journal, a line each: publishes, incidents, problems of folders. On
/// a thread of its own, so that a terminal that blocks holds nobody up; past `kBacklog` waiting events the
/// oldest are left out, and the line says so.
class JournalPrinter {
 public:
  /// Both outlive the printer.
  JournalPrinter(base::Journal& journal, Terminal& terminal);
  ~JournalPrinter();
  JournalPrinter(const JournalPrinter&) = delete;
  JournalPrinter& operator=(const JournalPrinter&) = delete;

 private:
  static constexpr std::size_t kBacklog = 1000;

  void run();
  void print(const base::Event& event);

  Terminal& terminal_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<base::Event> waiting_;
  std::size_t left_out_ = 0;
  bool ending_ = false;
  base::Journal::Subscription subscription_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace exthost::app
