#pragma once

#include <memory>
#include <optional>
#include <string>

#include "emulator/storage/copy_source_fetcher.h"
#include "emulator/storage/operations.h"

/// What another server answered for a copy's source, judged and taken in.
namespace exthost::storage {

/// CannotVerifyCopySource, saying of the source what it says of itself.
RestError cannot_verify_copy_source(const RestError& source);
/// The same where the source did not answer as the service does.
RestError cannot_verify_copy_source(int status, std::string message);

/// Why the answer is not the source: SourceConditionNotMet or CannotVerifyCopySource. `ranged`: a part was
/// asked for.
std::optional<RestError> refuse_fetched(const FetchedSource& fetched, bool ranged);

/// The source as a record with one piece, and what keeps its content.
struct TakenSource {
  BlobRecord record;
  std::shared_ptr<const void> hold;
};
/// Takes the body in. CannotVerifyCopySource if it breaks off.
Rest<TakenSource> take_fetched(const OperationContext& context, FetchedSource& fetched);

}  // namespace exthost::storage
