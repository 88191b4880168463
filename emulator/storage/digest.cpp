#include "emulator/storage/digest.h"

#include <openssl/evp.h>

#include <array>

namespace exthost::storage {
namespace {

using Crc64Tables = std::array<std::array<std::uint64_t, 256>, 8>;

// Eight tables let the loop take eight bytes a turn.
Crc64Tables make_crc64_tables() {
  constexpr std::uint64_t kReflectedPolynomial = 0x9A6C9329AC4BC9B5;
  Crc64Tables tables{};
  for (std::uint64_t byte = 0; byte < 256; ++byte) {
    std::uint64_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kReflectedPolynomial : 0);
    tables[0][byte] = crc;
  }
  for (std::size_t byte = 0; byte < 256; ++byte) {
    for (std::size_t table = 1; table < 8; ++table) {
      const std::uint64_t crc = tables[table - 1][byte];
      tables[table][byte] = (crc >> 8) ^ tables[0][crc & 0xff];
    }
  }
  return tables;
}

const Crc64Tables& crc64_tables() {
  static const Crc64Tables tables = make_crc64_tables();
  return tables;
}

std::uint64_t little_endian(const char* bytes) {
  std::uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = (value << 8) | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace

void Crc64::update(std::string_view bytes) {
  const Crc64Tables& tables = crc64_tables();
  std::uint64_t crc = state_;
  while (bytes.size() >= 8) {
    crc ^= little_endian(bytes.data());
    std::uint64_t next = 0;
    for (std::size_t i = 0; i < 8; ++i) next ^= tables[7 - i][(crc >> (8 * i)) & 0xff];
    crc = next;
    bytes.remove_prefix(8);
  }
  for (char byte : bytes) crc = (crc >> 8) ^ tables[0][(crc ^ static_cast<unsigned char>(byte)) & 0xff];
  state_ = crc;
}

std::string Crc64::bytes() const {
  std::string out(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<char>((value() >> (8 * i)) & 0xff);
  return out;
}

Md5::Md5()
    : context_(EVP_MD_CTX_new(), [](void* context) { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context)); }) {
  EXTHOST_CHECK(EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_.get()), EVP_md5(), nullptr) == 1);
}

void Md5::update(std::string_view bytes) {
  EXTHOST_CHECK(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_.get()), bytes.data(), bytes.size()) == 1);
}

std::string Md5::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EXTHOST_CHECK(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_.get()), digest.data(), &length) == 1);
  return {digest.begin(), digest.begin() + length};
}

ContentDigest::ContentDigest(const ReceiveOptions& options) : known_sha256_(options.sha256) {
  if (options.md5) md5_ = std::make_unique<Md5>();
  if (options.crc64) crc64_ = std::make_unique<Crc64>();
}

void ContentDigest::update(std::string_view bytes) {
  if (known_sha256_.empty()) sha256_.update(bytes);
  if (md5_) md5_->update(bytes);
  if (crc64_) crc64_->update(bytes);
  size_bytes_ += bytes.size();
}

Content ContentDigest::finish() {
  Content content;
  content.hash = known_sha256_.empty() ? sha256_.finish_hex() : std::move(known_sha256_);
  content.size_bytes = size_bytes_;
  if (md5_) content.md5 = md5_->finish();
  if (crc64_) content.crc64 = crc64_->bytes();
  return content;
}

}  // namespace exthost::storage
