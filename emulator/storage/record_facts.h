#pragma once

#include <string>

#include "emulator/storage/records.h"

/// What most blobs and containers do not have (a lease, ...), as the JSON text that the database's column
/// `facts` holds (docs/formats.md "Blob store"). Empty where there is nothing to say.
namespace exthost::storage {

std::string facts_text(const BlobRecord& record);
std::string facts_text(const ContainerRecord& record);
/// Fills in what `text` says; what it does not know stays as it is.
void read_facts(const std::string& text, BlobRecord& record);
void read_facts(const std::string& text, ContainerRecord& record);

}  // namespace exthost::storage
