#include <string>
#include <utility>

#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "emulator/storage/answers.h"
#include "emulator/storage/blob_rules.h"
#include "emulator/storage/copy_content.h"
#include "emulator/storage/limits.h"
#include "emulator/storage/operations.h"
#include "emulator/storage/put_request.h"
#include "emulator/storage/request_fields.h"
#include "emulator/storage/xml_reader.h"

namespace exthost::storage {
namespace {

Rest<std::string> read_block_id(const http::Target& target) {
  const auto id = target.parameter("blockid");
  if (!id || id->empty()) return rest_error("MissingRequiredQueryParameter", "Put Block needs blockid.");
  const auto decoded = base::base64_decode(*id);
  if (!decoded || decoded->size() > limits::kBlockIdBytes) {
    return rest_error("InvalidBlockId", "It has at most 64 bytes before that.");
  }
  return std::string(*id);
}

Rest<std::vector<BlockReference>> read_block_list(const std::string& document) {
  auto root = read_xml(document);
  if (!root) return rest_error("InvalidXmlDocument", root.error().message);
  if (root->name != "BlockList") return rest_error("InvalidXmlDocument", "Its root is BlockList.");
  if (root->children.size() > limits::kBlocksPerBlob) return rest_error("BlockListTooLong");
  std::vector<BlockReference> blocks;
  blocks.reserve(root->children.size());
  for (const XmlElement& element : root->children) {
    BlockReference reference;
    if (element.name == "Committed") {
      reference.source = BlockSource::committed;
    } else if (element.name == "Uncommitted") {
      reference.source = BlockSource::uncommitted;
    } else if (element.name != "Latest") {
      return rest_error("UnsupportedXmlNode", "A block list holds Latest, Committed and Uncommitted.");
    }
    reference.id = base::trim(element.text);
    blocks.push_back(std::move(reference));
  }
  return blocks;
}

void write_blocks(XmlWriter& xml, std::string_view name, const std::vector<Piece>& blocks) {
  xml.open(name);
  for (const Piece& block : blocks) {
    if (block.block_id.empty()) continue;  // a blob put at once has no blocks
    xml.open("Block");
    xml.element("Name", block.block_id);
    xml.element("Size", std::to_string(block.size_bytes));
    xml.close();
  }
  xml.close();
}

// The id of the block to stage; refuses at once what would be refused after the upload anyway.
Rest<std::string> read_put_block(const OperationContext& context) {
  if (auto checked = check_blob_name(context.request.blob); !checked) return checked.failure();
  auto id = read_block_id(context.request.http.target);
  if (!id) return id.failure();
  auto container = context.store.find_container(context.request.container_id());
  if (!container) return rest_error(container.failure());
  if (auto current = context.store.find(context.request.blob_id())) {
    if (current->type != BlobType::block) return rest_error("InvalidBlobType");
    const std::string_view lease = context.headers().value("x-ms-lease-id");
    if (auto refusal = refuse_unleased_write(current->lease, lease, LeasedThing::blob, context.now)) {
      return rest_error(*refusal);
    }
  }
  return id;
}

ReceiveOptions receive_options(const OperationContext& context, const SentChecksums& sent) {
  ReceiveOptions receive;
  receive.durability = context.durability;
  receive.limit_bytes = limits::kBlockBytes;
  receive.md5 = !sent.md5.empty();
  receive.crc64 = !receive.md5;
  return receive;
}

Answer stage(const OperationContext& context, const std::string& id, const SentChecksums& sent,
             const Content& content) {
  if (auto checked = check_checksums(sent, content); !checked) return checked.failure();
  auto staged = context.store.stage_block(context.request.blob_id(), id, content, context.durability);
  if (!staged) return rest_error(staged.failure());
  http::Response response;
  response.status = 201;
  if (!content.md5.empty()) response.headers.set("Content-MD5", base::base64_encode(content.md5));
  if (!content.crc64.empty()) {
    response.headers.set("x-ms-content-crc64", base::base64_encode(content.crc64));
  }
  response.headers.set("x-ms-request-server-encrypted", "true");
  return response;
}

}  // namespace

Answer put_block(const OperationContext& context) {
  auto sent = read_checksums(context.headers());
  if (!sent) return sent.failure();
  auto id = read_put_block(context);
  if (!id) return id.failure();
  auto content = receive_body(context, receive_options(context, *sent));
  if (!content) return content.failure();
  return stage(context, *id, *sent, *content);
}

Answer put_block_from_url(const OperationContext& context) {
  if (auto checked = refuse_body(context.request.http); !checked) return checked.failure();
  auto sent = read_source_checksums(context.headers());
  if (!sent) return sent.failure();
  auto id = read_put_block(context);
  if (!id) return id.failure();
  SourceNeeds needs;
  needs.range = context.headers().value("x-ms-source-range");
  needs.limit_bytes = limits::kBlockBytes;
  auto source = open_copy_source(context, needs);
  if (!source) return source.failure();
  if (source->range.length > limits::kBlockBytes) return rest_error("RequestBodyTooLarge");
  auto content = content_of(context, *source, receive_options(context, *sent));
  if (!content) return content.failure();
  return stage(context, *id, *sent, *content);
}

Answer put_block_list(const OperationContext& context) {
  auto options = read_put(context, false);
  if (!options) return options.failure();
  auto document = read_document(context.request.http);
  if (!document) return document.failure();
  auto blocks = read_block_list(*document);
  if (!blocks) return blocks.failure();
  auto stored = commit_blocks(context.store, context.request.blob_id(), *blocks, *options, context.now);
  if (!stored) return put_error(context, stored.failure());
  http::Response response = answer_with_validators(201, *stored);
  response.headers.set("Content-MD5", base::base64_encode(base::md5(*document)));
  response.headers.set("x-ms-request-server-encrypted", "true");
  return response;
}

Answer get_block_list(const OperationContext& context) {
  const std::string type =
      base::to_lower(context.request.http.target.parameter("blocklisttype").value_or("committed"));
  if (type != "committed" && type != "uncommitted" && type != "all") {
    return rest_error("InvalidQueryParameterValue", "blocklisttype is committed, uncommitted or all.");
  }
  auto staged = context.store.staged_blocks(context.request.blob_id());
  if (!staged) return rest_error(staged.failure());
  auto blob = context.store.find(context.request.blob_id());
  if (!blob && (blob.reason() != Reason::blob_not_found || staged->empty()))
    return rest_error(blob.failure());
  if (blob && blob->type != BlobType::block) return rest_error("InvalidBlobType");
  if (blob) {
    Conditions conditions;  // of all, this operation has two
    conditions.if_tags = conditions_of(context.headers()).if_tags;
    conditions.lease_id = context.headers().value("x-ms-lease-id");
    if (auto refusal = refuse_blob_read(conditions, *blob, context.now)) return rest_error(*refusal);
  }
  XmlWriter xml;
  xml.open("BlockList");
  if (type != "uncommitted") write_blocks(xml, "CommittedBlocks", blob ? blob->pieces : std::vector<Piece>());
  if (type != "committed") write_blocks(xml, "UncommittedBlocks", *staged);
  xml.close();
  http::Response response = xml_answer(xml);
  response.headers.set("x-ms-blob-content-length", std::to_string(blob ? blob->size_bytes : 0));
  if (blob) add_validators(response.headers, *blob);
  return response;
}

}  // namespace exthost::storage
