#pragma once

#include <string>

#include "emulator/http/message.h"
#include "emulator/storage/records.h"
#include "emulator/storage/rest_error.h"
#include "emulator/storage/xml_writer.h"

/// Tags as the dialect reads and writes them.
namespace exthost::storage {

/// `x-ms-tags: key=value&key2=value2`, percent-encoded. TagsTooLarge, DuplicateTagNames, EmptyTagName or
/// InvalidTag if Azure would not take them.
Rest<Tags> read_tags(const http::Headers& headers);
/// The document of Set Blob Tags.
Rest<Tags> read_tags_document(const std::string& document);
void write_tags(XmlWriter& xml, const Tags& tags);

/// `x-ms-access-tier` as Azure spells it; empty if it is not sent. InvalidHeaderValue for others than Hot,
/// Cool, Cold and Archive.
Rest<std::string> read_tier(const http::Headers& headers);

}  // namespace exthost::storage
