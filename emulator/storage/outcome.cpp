#include "emulator/storage/outcome.h"

namespace exthost::storage {

base::Error to_error(const Failure& failure) {
  base::Error error;
  error.message = failure.message;
  switch (failure.reason) {
    case Reason::container_not_found:
    case Reason::blob_not_found:
      error.kind = base::ErrorKind::not_found;
      break;
    case Reason::container_exists:
    case Reason::blob_exists:
    case Reason::condition_failed:
    case Reason::not_modified:
    case Reason::lease_refused:
    case Reason::blob_archived:
    case Reason::wrong_blob_type:
    case Reason::snapshots_present:
    case Reason::content_replaced:
    case Reason::refused:
      error.kind = base::ErrorKind::conflict;
      break;
    case Reason::invalid_block_list:
    case Reason::block_id_length:
    case Reason::too_many_blocks:
    case Reason::invalid_input:
      error.kind = base::ErrorKind::invalid_input;
      break;
    case Reason::unavailable:
      error.kind = base::ErrorKind::unavailable;
      break;
  }
  return error;
}

Failure to_failure(const base::Error& error) {
  const bool callers = error.kind == base::ErrorKind::invalid_input;
  return {callers ? Reason::invalid_input : Reason::unavailable, error.message, {}};
}

}  // namespace exthost::storage
