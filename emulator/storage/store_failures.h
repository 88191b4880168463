#pragma once

#include "emulator/storage/outcome.h"
#include "emulator/storage/records.h"

/// The answers that both stores give in the same words.
namespace exthost::storage {

inline Failure container_not_found() {
  return {Reason::container_not_found, "The specified container does not exist."};
}
inline Failure blob_not_found() {
  return {Reason::blob_not_found, "The specified blob does not exist."};
}
inline Failure wrong_blob_type() {
  return {Reason::wrong_blob_type, "The blob type is invalid for this operation."};
}
inline Failure block_id_length() {
  return {Reason::block_id_length,
          "The specified blob or block content is invalid: all block ids of a blob have the same length."};
}
inline Failure too_many_blocks() {
  return {Reason::too_many_blocks,
          "The uncommitted block count exceeds the maximum limit of 100,000 blocks."};
}
inline Failure too_long(std::uint64_t limit_bytes) {
  return {Reason::invalid_input, "the content is longer than " + std::to_string(limit_bytes) + " bytes"};
}

}  // namespace exthost::storage
