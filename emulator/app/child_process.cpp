#include "emulator/app/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <optional>
#include <utility>

namespace exthost::app {
namespace {

// Of the keeper, and for a moment of the program; both are closed when it runs.
constexpr int kFailureDescriptor = 3;
constexpr int kLifeDescriptor = 4;
constexpr int kAboveThem = 10;
constexpr int kCannotRun = 127;

int code_of(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// A file descriptor that is closed at the end; -1 is none.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { close(); }
  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }
  void close() {
    if (const int number = release(); number >= 0) ::close(number);
  }

 private:
  int number_;
};

struct Pipe {
  Descriptor out, in;  // to read from, to write to

  static std::optional<Pipe> open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
  }
};

// From here to the end of the namespace runs in the keeper: a copy of this process with one thread, in which
// locks of others may be held for ever. So nothing but system calls, and no memory is asked for.

void close_from(unsigned first) {
  if (::close_range(first, ~0U, 0) == 0) return;
  rlimit limit{};  // a kernel before 5.9
  const rlim_t count = ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 1024;
  for (rlim_t i = first; i < count; ++i) ::close(static_cast<int>(i));
}

[[noreturn]] void run_program(char* const* arguments, const char* folder) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // should somebody kill the keeper
  ::signal(SIGPIPE, SIG_DFL);          // what is ignored stays ignored in a program
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::chdir(folder) == 0) ::execvp(arguments[0], arguments);
  const int fault = errno;
  // Nobody listens any more if this fails.
  [[maybe_unused]] const auto told = ::write(kFailureDescriptor, &fault, sizeof fault);
  ::_exit(kCannotRun);
}

struct Keeping {
  char* const* arguments;
  const char* folder;
  int null, output, failure, life;  // descriptors
  pid_t parent;
  std::chrono::milliseconds grace;
};

timespec now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time;
}

std::chrono::nanoseconds since(const timespec& start) {
  const timespec end = now();
  return std::chrono::seconds(end.tv_sec - start.tv_sec) +
         std::chrono::nanoseconds(end.tv_nsec - start.tv_nsec);
}

/// Takes the ends of children without waiting. `status` is the program's once it is among them: true.
bool reap(pid_t program, int& status) {
  bool found = false;
  int end = 0;
  for (pid_t child = 0; (child = ::waitpid(-1, &end, WNOHANG)) > 0;) {
    if (child != program) continue;
    status = end;
    found = true;
  }
  return found;
}

/// Ends what there is of the program's group, and waits for that. Orphans of the group are ours to wait for.
void end_group(pid_t program, std::chrono::milliseconds grace, const sigset_t& signals, int& status) {
  const timespec begin = now();
  ::kill(-program, SIGTERM);
  for (;;) {
    reap(program, status);
    const std::chrono::nanoseconds left = grace - since(begin);
    if (::kill(-program, 0) != 0) return;
    if (left <= std::chrono::nanoseconds::zero()) break;
    constexpr std::chrono::nanoseconds kLook = std::chrono::milliseconds(20);
    const timespec pause{0, static_cast<long>(std::min(left, kLook).count())};
    ::sigtimedwait(&signals, nullptr, &pause);  // a child's end ends it
  }
  ::kill(-program, SIGKILL);
  int end = 0;
  for (pid_t child = 0; (child = ::waitpid(-program, &end, 0)) > 0;) {
    if (child == program) status = end;
  }
}

[[noreturn]] void keep(const Keeping& keeping) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&signals, signal);
  ::sigprocmask(SIG_SETMASK, &signals, nullptr);
  ::signal(SIGCHLD, SIG_DFL);
  ::dup2(keeping.null, 0);
  ::dup2(keeping.output, 1);
  ::dup2(keeping.output, 2);
  const int failure = ::fcntl(keeping.failure, F_DUPFD, kAboveThem);
  const int life = ::fcntl(keeping.life, F_DUPFD, kAboveThem);
  ::dup3(failure, kFailureDescriptor, O_CLOEXEC);
  ::dup3(life, kLifeDescriptor, O_CLOEXEC);
  close_from(kLifeDescriptor + 1);
  if (::getppid() != keeping.parent) ::_exit(kCannotRun);  // gone before it could be told to us

  const pid_t program = ::fork();
  if (program == 0) run_program(keeping.arguments, keeping.folder);
  if (program < 0) {
    const int fault = errno;
    [[maybe_unused]] const auto told = ::write(kFailureDescriptor, &fault, sizeof fault);
    ::_exit(kCannotRun);
  }
  ::setpgid(program, program);  // whichever of the two comes first; the other fails
  ::dup2(0, 1);                 // the output ends when the program's own descriptors are closed
  ::dup2(0, 2);
  ::close(kFailureDescriptor);

  int status = 0;
  for (;;) {
    int signal = 0;
    if (::sigwait(&signals, &signal) != 0) continue;
    if (signal != SIGCHLD || reap(program, status)) break;
  }
  end_group(program, keeping.grace, signals, status);
  ::_exit(code_of(status));
}

}  // namespace

base::Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& arguments,
                                               const std::filesystem::path& folder,
                                               std::chrono::milliseconds grace) {
  EXTHOST_CHECK(!arguments.empty());
  const auto fail = [&](int fault) {
    return base::Error{
        fault == ENOENT ? base::ErrorKind::not_found : base::ErrorKind::unavailable,
        arguments.front() + " cannot be run in " + folder.string() + ": " + std::strerror(fault), ""};
  };
  auto output = Pipe::open();
  auto failure = Pipe::open();
  auto life = Pipe::open();
  const Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!output || !failure || !life || null.get() < 0) return fail(errno);
  std::vector<std::string> copies = arguments;
  std::vector<char*> argv;
  for (std::string& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const std::string place = folder.string();
  const Keeping keeping{argv.data(),       place.c_str(),  null.get(), output->in.get(),
                        failure->in.get(), life->in.get(), ::getpid(), grace};

  // SIGTERM must not end the keeper before it takes signals itself.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t keeper = ::fork();
  if (keeper == 0) keep(keeping);
  int fault = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (keeper < 0) return fail(fault);
  output->in.close();
  failure->in.close();
  life->in.close();
  ChildProcess child(keeper, output->out.release(), life->out.release());
  ssize_t told = 0;
  do {
    told = ::read(failure->out.get(), &fault, sizeof fault);
  } while (told < 0 && errno == EINTR);
  if (told == sizeof fault) return fail(fault);  // and the child is waited for
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : keeper_(std::exchange(other.keeper_, -1)),
      output_(std::exchange(other.output_, -1)),
      life_(std::exchange(other.life_, -1)) {}

ChildProcess::~ChildProcess() {
  if (keeper_ < 0) return;
  end(keeper_);
  read({});
  wait();
}

void ChildProcess::read(const std::function<void(std::string_view)>& on_output) {
  std::array<char, 16 * 1024> buffer{};
  // The keeper's end is the end: a program may close its output and go on, and what has left its group may
  // hold it open for ever.
  for (bool alive = true, open = true; alive || open;) {
    std::array<pollfd, 2> ends = {pollfd{open ? output_ : -1, POLLIN, 0},
                                  pollfd{alive ? life_ : -1, POLLIN, 0}};
    if (::poll(ends.data(), ends.size(), alive ? -1 : 0) < 0) continue;  // interrupted
    if (ends[0].revents != 0) {
      const ssize_t count = ::read(output_, buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count > 0 && on_output) on_output(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
      open = count > 0;
    } else if (!alive) {
      open = false;
    }
    if (ends[1].revents != 0) alive = false;
  }
}

ChildExit ChildProcess::wait() {
  EXTHOST_CHECK(keeper_ > 0);
  ::close(std::exchange(output_, -1));
  ::close(std::exchange(life_, -1));
  int status = 0;
  while (::waitpid(keeper_, &status, 0) < 0 && errno == EINTR) {
  }
  keeper_ = -1;
  return {code_of(status)};
}

void ChildProcess::end(pid_t keeper) {
  ::kill(keeper, SIGTERM);
}

}  // namespace exthost::app
