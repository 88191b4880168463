#include "emulator/http/asio_transport.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <span>
#include <type_traits>
#include <utility>

#include "emulator/http/message.h"
#include "emulator/http/response_head.h"
#include "emulator/model/codes.h"

namespace exthost::http {

namespace asio = boost::asio;

namespace {

using asio::ip::tcp;
using boost::system::error_code;
using TlsStream = asio::ssl::stream<tcp::socket>;

constexpr std::size_t kTlsRecord = 16 * 1024;
constexpr std::size_t kGatheredParts = 64;  // as many as one system call takes
constexpr unsigned char kTlsHandshakeRecord = 0x16;
constexpr std::chrono::milliseconds kFarewell{1000};

std::string plain_http_answer() {
  const Response response =
      Response::problem(400, model::codes::kMalformedRequest,
                        "This port speaks HTTPS: write https:// instead of http:// in the URL.");
  return make_response_head(response, BodyFraming::length, false, 1) + std::get<std::string>(response.body);
}

template <class Stream>
class SocketTransport final : public Transport, public std::enable_shared_from_this<SocketTransport<Stream>> {
 public:
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;

  template <class... Args>
  explicit SocketTransport(Args&&... args)
      : stream_(std::forward<Args>(args)...), timer_(stream_.lowest_layer().get_executor()) {}

  void post(std::function<void()> task) override { asio::post(socket().get_executor(), std::move(task)); }

  void open(std::function<void(bool)> done) override {
    if constexpr (kTls) {
      socket().async_receive(asio::buffer(&first_byte_, 1), tcp::socket::message_peek,
                             [self = self(), done = std::move(done)](error_code error, std::size_t) mutable {
                               if (error) return done(false);
                               if (self->first_byte_ != kTlsHandshakeRecord)
                                 return self->refuse_plain(std::move(done));
                               self->stream_.async_handshake(
                                   asio::ssl::stream_base::server,
                                   [self, done = std::move(done)](error_code failed) { done(!failed); });
                             });
    } else {
      post([done = std::move(done)] { done(true); });
    }
  }

  void read(std::span<char> buffer, std::function<void(std::size_t)> done) override {
    stream_.async_read_some(asio::buffer(buffer.data(), buffer.size()),
                            [self = self(), done = std::move(done)](error_code error, std::size_t count) {
                              done(error ? 0 : count);
                            });
  }

  void write(std::vector<std::string_view> parts, std::chrono::milliseconds stall,
             std::function<void(bool)> done) override {
    parts_ = std::move(parts);
    std::erase_if(parts_, [](std::string_view part) { return part.empty(); });
    if (parts_.empty()) return post([done = std::move(done)] { done(true); });
    next_part_ = 0;
    stall_ = stall;
    write_done_ = std::move(done);
    write_on();
  }

  void set_deadline(Clock::time_point when) override {
    deadline_ = when;
    if (when != kNever && (!armed_ || when < armed_for_)) arm(when);
  }

  void finish(std::chrono::milliseconds limit, std::function<void()> done) override {
    finishing_ = true;
    set_deadline(Clock::now() + limit);
    if constexpr (kTls) {
      stream_.async_shutdown([self = self(), done = std::move(done)](error_code) mutable {
        self->end_and_discard(std::move(done));
      });
    } else {
      end_and_discard(std::move(done));
    }
  }

  void close() override {
    if (std::exchange(closed_, true)) return;
    timer_.cancel();
    error_code ignored;  // the descriptor is gone whatever the system says
    socket().close(ignored);
  }

 private:
  auto self() { return this->shared_from_this(); }
  tcp::socket& socket() {
    if constexpr (kTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  // The timer is armed rarely: a deadline that only moves away is looked at when the old one has passed.
  void arm(Clock::time_point when) {
    armed_ = true;
    armed_for_ = when;
    timer_.expires_at(when);
    timer_.async_wait([self = self()](error_code error) {
      if (error || self->closed_) return;
      self->armed_ = false;
      if (self->deadline_ == kNever) return;
      if (Clock::now() < self->deadline_) return self->arm(self->deadline_);
      self->deadline_ = kNever;
      if (self->finishing_ || !self->on_deadline) return self->close();
      self->on_deadline();
    });
  }

  void write_on() {
    set_deadline(Clock::now() + stall_);
    const auto on_written = [self = self()](error_code error, std::size_t count) {
      if (!error) self->advance(count);
      if (!error && self->next_part_ < self->parts_.size()) return self->write_on();
      self->set_deadline(kNever);
      std::exchange(self->write_done_, nullptr)(!error);
    };
    if constexpr (kTls) {
      stream_.async_write_some(next_record(), on_written);
    } else {
      buffers_.clear();
      const std::size_t count = std::min(kGatheredParts, parts_.size() - next_part_);
      for (std::size_t i = 0; i < count; ++i) {
        const std::string_view part = parts_[next_part_ + i];
        buffers_.emplace_back(part.data(), part.size());
      }
      stream_.async_write_some(std::span<const asio::const_buffer>(buffers_), on_written);
    }
  }

  void advance(std::size_t count) {
    while (count > 0) {
      std::string_view& part = parts_[next_part_];
      const std::size_t taken = std::min(count, part.size());
      part.remove_prefix(taken);
      count -= taken;
      if (part.empty()) ++next_part_;
    }
  }

  // TLS sends one buffer at a time: small parts are put together, so that a head and its body share a record.
  asio::const_buffer next_record() {
    const std::string_view first = parts_[next_part_];
    if (first.size() >= kTlsRecord || next_part_ + 1 == parts_.size()) return {first.data(), first.size()};
    record_.clear();
    for (std::size_t i = next_part_; i < parts_.size() && record_.size() < kTlsRecord; ++i) {
      record_ += parts_[i].substr(0, kTlsRecord - record_.size());
    }
    return {record_.data(), record_.size()};
  }

  void refuse_plain(std::function<void(bool)> done) {
    record_ = plain_http_answer();
    asio::async_write(socket(), asio::buffer(record_),
                      [self = self(), done = std::move(done)](error_code error, std::size_t) mutable {
                        if (error) return done(false);
                        self->finishing_ = true;
                        self->set_deadline(Clock::now() + kFarewell);
                        self->end_and_discard([done = std::move(done)] { done(false); });
                      });
  }

  void end_and_discard(std::function<void()> done) {
    error_code ignored;  // the client may have gone already
    socket().shutdown(tcp::socket::shutdown_send, ignored);
    record_.resize(kTlsRecord);
    discard(std::move(done));
  }

  void discard(std::function<void()> done) {
    socket().async_read_some(asio::buffer(record_),
                             [self = self(), done = std::move(done)](error_code error, std::size_t) mutable {
                               if (!error) return self->discard(std::move(done));
                               self->close();
                               done();
                             });
  }

  Stream stream_;
  asio::steady_timer timer_;
  Clock::time_point deadline_ = kNever;
  Clock::time_point armed_for_ = kNever;
  bool armed_ = false;
  bool finishing_ = false;
  bool closed_ = false;
  unsigned char first_byte_ = 0;
  std::vector<std::string_view> parts_;
  std::vector<asio::const_buffer> buffers_;  // of parts_, for one write; the memory is used again
  std::size_t next_part_ = 0;
  std::chrono::milliseconds stall_{};
  std::function<void(bool)> write_done_;
  std::string record_;  // what is being sent as one record, or discarded at the end
};

}  // namespace

std::shared_ptr<Transport> make_plain_transport(tcp::socket socket) {
  return std::make_shared<SocketTransport<tcp::socket>>(std::move(socket));
}

std::shared_ptr<Transport> make_tls_transport(tcp::socket socket, void* server_context) {
  SSL* session = SSL_new(static_cast<SSL_CTX*>(server_context));
  EXTHOST_CHECK(session != nullptr);
  return std::make_shared<SocketTransport<TlsStream>>(std::move(socket), session);
}

}  // namespace exthost::http
