#include "emulator/app/build_command.h"

#include <utility>

#include "emulator/app/output_lines.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

constexpr std::size_t kTailLines = 20;

base::Error ended(const std::string& message) {
  return {base::ErrorKind::unavailable, message, std::string(model::codes::kBuildCommandEnded)};
}

}  // namespace

BuildCommand::BuildCommand(std::vector<std::string> arguments, std::filesystem::path folder,
                           Callbacks callbacks, std::chrono::milliseconds grace)
    : arguments_(std::move(arguments)),
      folder_(std::move(folder)),
      callbacks_(std::move(callbacks)),
      grace_(grace),
      thread_([this] { work(); }) {}

BuildCommand::~BuildCommand() {
  stop();
}

void BuildCommand::stop() {
  std::lock_guard lock(mutex_);
  wish_ = Wish::stop;
  if (keeper_ > 0) ChildProcess::end(keeper_);
  changed_.notify_one();
}

void BuildCommand::restart() {
  std::lock_guard lock(mutex_);
  if (wish_ == Wish::stop) return;
  wish_ = Wish::run;
  if (keeper_ > 0) ChildProcess::end(keeper_);
  changed_.notify_one();
}

void BuildCommand::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return wish_ != Wish::rest; });
    if (wish_ == Wish::stop) return;
    wish_ = Wish::rest;
    lock.unlock();
    run_once();
    lock.lock();
  }
}

void BuildCommand::run_once() {
  std::deque<std::string> tail;
  auto child = ChildProcess::start(arguments_, folder_, grace_);
  if (!child) {
    if (callbacks_.on_ended)
      callbacks_.on_ended(ended("the build command does not run: " + child.error().message), 127, {});
    return;
  }
  {
    std::lock_guard lock(mutex_);
    keeper_ = child->keeper();
    // Whoever asked in between has found no process to end.
    if (wish_ != Wish::rest) ChildProcess::end(keeper_);
  }
  if (callbacks_.on_started) callbacks_.on_started();
  OutputLines lines([&](std::string line) {
    if (callbacks_.on_line) callbacks_.on_line(line);
    tail.push_back(std::move(line));
    if (tail.size() > kTailLines) tail.pop_front();
  });
  child->read([&](std::string_view bytes) { lines.add(bytes); });
  lines.finish();
  bool by_itself = false;
  {
    std::lock_guard lock(mutex_);
    keeper_ = -1;  // before its number can be anybody else's
    by_itself = wish_ == Wish::rest;
  }
  const ChildExit exit = child->wait();
  if (!by_itself || !callbacks_.on_ended) return;
  callbacks_.on_ended(ended("the build command ended by itself, with exit code " + std::to_string(exit.code) +
                            ": " + shown_command(arguments_)),
                      exit.code, {tail.begin(), tail.end()});
}

std::string shown_command(const std::vector<std::string>& arguments) {
  if (arguments.size() == 3 && arguments == shell_command(arguments.back())) return arguments.back();
  std::string text;
  for (const std::string& word : arguments) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<std::string> shell_command(const std::string& text) {
  return {"/bin/sh", "-c", text};
}

}  // namespace exthost::app
