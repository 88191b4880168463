// Copies within and between the accounts of one emulator.
#include "tests/unit/storage/copy_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

const std::string kSource = std::string(CopyFixture::kHere) + "source";

// The four ways to take content from a URL.
struct Form {
  const char* name;
  http::Response (*run)(CopyFixture&, const std::string& target, const std::string& source,
                        const Fields& headers);
  bool asynchronous;
  bool makes_blob;
};
const Form kForms[] = {
    {"Copy Blob",
     [](CopyFixture& f, const std::string& t, const std::string& s, const Fields& h) {
       return f.copy(t, s, h);
     },
     true, true},
    {"Copy Blob From URL",
     [](CopyFixture& f, const std::string& t, const std::string& s, const Fields& h) {
       return f.sync_copy(t, s, h);
     },
     false, true},
    {"Put Blob From URL",
     [](CopyFixture& f, const std::string& t, const std::string& s, const Fields& h) {
       return f.put_from(t, s, h);
     },
     false, true},
    {"Put Block From URL",
     [](CopyFixture& f, const std::string& t, const std::string& s, const Fields& h) {
       return f.block_from(t, s, h);
     },
     false, false},
};

}  // namespace

TEST_CASE_METHOD(CopyFixture, "A copy has the source's content, properties and metadata, and says whence") {
  const bool synchronous = GENERATE(false, true);
  const auto response = synchronous ? sync_copy("copy", kSource) : copy("copy", kSource);
  CHECK(response.status == 202);
  CHECK(header_of(response, "x-ms-copy-status") == "success");
  const BlobRecord source = find("source");
  const BlobRecord copied = find("copy");
  CHECK(bytes_of("copy") == "abcdef");
  CHECK(copied.pieces == source.pieces);
  CHECK(copied.properties == source.properties);
  CHECK(copied.metadata == source.metadata);
  CHECK(copied.tags.empty());
  CHECK(header_of(response, "ETag") == copied.etag);
  const auto head = ask("HEAD", "copy");
  CHECK_FALSE(header_of(response, "x-ms-copy-id").empty());
  CHECK(header_of(head, "x-ms-copy-id") == header_of(response, "x-ms-copy-id"));
  CHECK(header_of(head, "x-ms-copy-source") == kSource);
  CHECK(header_of(head, "x-ms-copy-status") == "success");
  CHECK(header_of(head, "x-ms-copy-progress") == "6/6");
  CHECK(header_of(head, "x-ms-copy-completion-time") == "Fri, 20 Nov 2026 00:00:00 GMT");
  CHECK(header_of(ask("GET", "copy"), "x-ms-copy-progress") == "6/6");
}

TEST_CASE_METHOD(CopyFixture, "A listing says whence copies are, if it is asked") {
  copy("copy", kSource);
  const std::string plain = text_of(ask("GET", "?restype=container&comp=list"));
  CHECK_THAT(plain, !ContainsSubstring("<CopyId>"));
  const std::string listed = text_of(ask("GET", "?restype=container&comp=list&include=copy"));
  CHECK_THAT(listed, ContainsSubstring("<CopySource>" + kSource + "</CopySource>"));
  CHECK_THAT(listed, ContainsSubstring("<CopyStatus>success</CopyStatus><CopyProgress>6/6</CopyProgress>"
                                       "<CopyCompletionTime>Fri, 20 Nov 2026 00:00:00 GMT"));
  CHECK(listed.find("<CopyId>") == listed.rfind("<CopyId>"));
}

TEST_CASE_METHOD(CopyFixture, "What is written over a copy otherwise is none any more") {
  const auto is_copy = [&] { return find("copy").copy.has_value(); };
  copy("copy", kSource);
  CHECK(ask("PUT", "copy?comp=metadata", {{"x-ms-meta-a", "b"}}).status == 200);
  CHECK(is_copy());
  CHECK(ask("PUT", "copy?comp=properties", {{"x-ms-blob-content-type", "text/css"}}).status == 200);
  CHECK_FALSE(is_copy());
  copy("copy", kSource);
  put("files", "copy", "new");
  CHECK_FALSE(is_copy());
}

TEST_CASE_METHOD(CopyFixture, "A copy takes its own metadata, tags and tier if they are given") {
  copy("copy", kSource, {{"x-ms-meta-own", "yes"}, {"x-ms-tags", "stage=two"}, {"x-ms-access-tier", "Cool"}});
  const BlobRecord copied = find("copy");
  CHECK(copied.metadata == Metadata{{"own", "yes"}});
  CHECK(copied.tags == Tags{{"stage", "two"}});
  CHECK(copied.tier == "Cool");
  copy("copy", kSource);
  CHECK(find("copy").tier == "Cool");  // inherited from what was there
  CHECK(find("copy").tags.empty());
}

TEST_CASE_METHOD(CopyFixture, "Copy Blob From URL copies the tags if it is told to") {
  CHECK(sync_copy("copy", kSource, {{"x-ms-copy-source-tag-option", "COPY"}}).status == 202);
  CHECK(find("copy").tags == Tags{{"stage", "one"}});
  CHECK(sync_copy("copy", kSource, {{"x-ms-copy-source-tag-option", "REPLACE"}}).status == 202);
  CHECK(find("copy").tags.empty());
  CHECK(put_from("copy", kSource, {{"x-ms-copy-source-tag-option", "COPY"}}).status == 201);
  CHECK(find("copy").tags == Tags{{"stage", "one"}});
  CHECK(outcome(sync_copy("copy", kSource, {{"x-ms-copy-source-tag-option", "Copy"}})) ==
        "400 InvalidHeaderValue");
  CHECK(
      outcome(sync_copy("copy", kSource, {{"x-ms-copy-source-tag-option", "COPY"}, {"x-ms-tags", "a=b"}})) ==
      "400 BothUserTagsAndSourceTagsCopyPresentException");
  // Reading another account's tags takes a permission of its own.
  const Fields tags{{"x-ms-copy-source-tag-option", "COPY"}};
  const std::string theirs = std::string(kTheirs) + "?";
  CHECK(outcome(sync_copy("copy", theirs + their_sas("r"), tags)) == "403 CannotVerifyCopySource");
  CHECK(outcome(sync_copy("copy", theirs + their_sas("rt"), tags)) == "202 ");
}

TEST_CASE_METHOD(CopyFixture, "A checksum of the source is checked") {
  const std::string good = base::base64_encode(base::md5("abcdef"));
  const std::string bad = base::base64_encode(base::md5("other"));
  for (const Form& form : {kForms[1], kForms[2], kForms[3]}) {
    CAPTURE(form.name);
    CHECK(form.run(*this, "copy", kSource, {{"x-ms-source-content-md5", good}}).status < 300);
    CHECK(outcome(form.run(*this, "copy", kSource, {{"x-ms-source-content-md5", bad}})) == "400 Md5Mismatch");
    CHECK(outcome(form.run(*this, "copy", kSource, {{"x-ms-source-content-md5", "AAAA"}})) ==
          "400 InvalidMd5");
  }
}

TEST_CASE_METHOD(CopyFixture, "Put Blob From URL takes the source's properties, and its own before them") {
  const auto response = put_from("copy", kSource, {{"x-ms-blob-content-type", "text/css"}});
  CHECK(response.status == 201);
  CHECK(header_of(response, "Content-MD5") == base::base64_encode(base::md5("abcdef")));
  CHECK(header_of(response, "x-ms-copy-id").empty());
  BlobRecord made = find("copy");
  CHECK(made.properties.type == "text/css");
  CHECK(made.properties.language == "en");
  CHECK(made.metadata == Metadata{{"made", "first"}});
  CHECK_FALSE(made.copy);
  CHECK(put_from("copy", kSource, {{"x-ms-copy-source-blob-properties", "False"}}).status == 201);
  made = find("copy");
  CHECK(made.properties.type == "application/octet-stream");
  CHECK(made.properties.language.empty());
  CHECK(made.properties.md5 == base::md5("abcdef"));
  CHECK(outcome(put_from("copy", kSource, {{"x-ms-copy-source-blob-properties", "maybe"}})) ==
        "400 InvalidHeaderValue");
  const std::string other = base::base64_encode(base::md5("other"));
  CHECK(outcome(put_from("copy", kSource, {{"x-ms-blob-content-md5", other}})) == "400 Md5Mismatch");
}

TEST_CASE_METHOD(CopyFixture, "Put Block From URL stages a part of the source, or all of it") {
  const auto part = copy("made?comp=block&blockid=QQ%3D%3D", kSource, {{"x-ms-source-range", "bytes=1-3"}});
  CHECK(part.status == 201);
  CHECK_FALSE(header_of(part, "x-ms-content-crc64").empty());
  const Fields md5{{"x-ms-source-content-md5", base::base64_encode(base::md5("abcdef"))}};
  const auto whole = copy("made?comp=block&blockid=Qg%3D%3D", kSource, md5);
  CHECK(whole.status == 201);
  CHECK(header_of(whole, "Content-MD5") == md5[0].second);
  HttpRequest commit("PUT", at("files/made?comp=blocklist"));
  commit.body("<BlockList><Latest>QQ==</Latest><Latest>Qg==</Latest></BlockList>");
  CHECK(send_signed(std::move(commit)).status == 201);
  CHECK(bytes_of("made") == "bcdabcdef");
  CHECK(find("made").pieces.back().hash == find("source").pieces.front().hash);
  // A part that spans blocks.
  CHECK(block_from("again", std::string(kHere) + "made", {{"x-ms-source-range", "bytes=2-4"}}).status == 201);
  HttpRequest again("PUT", at("files/again?comp=blocklist"));
  again.body("<BlockList><Latest>QQ==</Latest></BlockList>");
  CHECK(send_signed(std::move(again)).status == 201);
  CHECK(bytes_of("again") == "dab");
  CHECK(outcome(block_from("made", kSource, {{"x-ms-source-range", "bytes=6-9"}})) == "416 InvalidRange");
  CHECK(outcome(block_from("made", kSource, {{"x-ms-source-range", "1-3"}})) == "400 InvalidHeaderValue");
  CHECK(outcome(block_from("made", kSource, {{"x-ms-source-content-crc64", "AAAAAAAAAAA="}})) ==
        "400 Crc64Mismatch");
  CHECK(outcome(copy("made?comp=block", kSource)) == "400 MissingRequiredQueryParameter");
}

TEST_CASE_METHOD(CopyFixture, "A copy of a blob of blocks has its blocks; a put from its URL has none") {
  for (const char* id : {"QQ==", "Qg=="}) {
    auto content = store->receive(id, {});
    REQUIRE(content);
    REQUIRE(store->stage_block(blob("blocks"), id, *content, base::Durability::process));
  }
  REQUIRE(commit_blocks(*store, blob("blocks"),
                        {{BlockSource::latest, "QQ=="}, {BlockSource::latest, "Qg=="}}, {}, clock.now()));
  const std::string source = std::string(kHere) + "blocks";
  const auto blocks_of = [&](const std::string& name) {
    return text_of(ask("GET", name + "?comp=blocklist"));
  };
  CHECK(copy("copy", source).status == 202);
  CHECK(blocks_of("copy") == blocks_of("blocks"));
  CHECK(put_from("put", source).status == 201);
  CHECK(bytes_of("put") == "QQ==Qg==");
  CHECK_THAT(blocks_of("put"), !ContainsSubstring("<Block>"));
}

TEST_CASE_METHOD(CopyFixture, "Each form says what is wrong with the source") {
  make_container("open", AccessLevel::blob);
  put("open", "public", "anyone");
  REQUIRE(put_blob(*store, blob("cold"), "frozen", {{}, {}, {}, {}, std::string(kArchive)}, clock.now()));
  const std::string theirs = kTheirs;
  for (const Form& form : kForms) {
    CAPTURE(form.name);
    const auto tried = [&](const std::string& source, const Fields& headers = {}) {
      return outcome(form.run(*this, "copy", source, headers));
    };
    const std::string absent = form.asynchronous ? "404 BlobNotFound" : "404 CannotVerifyCopySource";
    const std::string no_container =
        form.asynchronous ? "404 ContainerNotFound" : "404 CannotVerifyCopySource";
    CHECK(tried(std::string(kHere) + "absent") == absent);
    CHECK(tried("http://127.0.0.1:14432/devstoreaccount1/nowhere/absent") == no_container);
    CHECK(tried(std::string(kHere) + "absent?" + their_sas("r")) == absent);
    CHECK(tried(theirs) == "404 CannotVerifyCopySource");  // as a private blob answers a stranger
    CHECK(tried(theirs + "?" + their_sas("w")) == "403 CannotVerifyCopySource");
    CHECK(tried(theirs + "?" + their_sas("r") + "A") == "403 CannotVerifyCopySource");
    CHECK(tried("http://127.0.0.1:14432/second/files/absent?" + their_sas("r")) ==
          "404 CannotVerifyCopySource");
    CHECK(tried("http://127.0.0.1:14432/nobody/files/a") == "404 CannotVerifyCopySource");
    CHECK(tried(kSource + "?versionid=2026-11-20T00:00:00.0000000Z") == "404 CannotVerifyCopySource");
    CHECK(tried(std::string(kHere) + "cold") == "409 BlobArchived");
    CHECK(tried("/devstoreaccount1/files/source") == "400 InvalidHeaderValue");
    CHECK(tried("http://127.0.0.1:14432/devstoreaccount1/files?restype=container") ==
          "400 InvalidHeaderValue");
    CHECK(tried("http://127.0.0.1:14432/devstoreaccount1/files/%zz") == "400 InvalidHeaderValue");
    CHECK(tried(kSource, {{"x-ms-source-if-match", "\"0x0\""}}) == "412 SourceConditionNotMet");
    CHECK(tried(kSource, {{"x-ms-source-if-none-match", find("source").etag}}) ==
          "412 SourceConditionNotMet");
    CHECK(tried(kSource, {{"x-ms-source-if-modified-since", "Sat, 21 Nov 2026 00:00:00 GMT"}}) ==
          "412 SourceConditionNotMet");
    CHECK(tried(kSource, {{"x-ms-source-if-unmodified-since", "Thu, 19 Nov 2026 00:00:00 GMT"}}) ==
          "412 SourceConditionNotMet");
    CHECK(tried(kSource, {{"x-ms-source-if-tags", "stage = 'two'"}}) == "412 SourceConditionNotMet");
    CHECK_FALSE(store->find(blob("copy")));
    // And what is right with it.
    CHECK(form.run(*this, "copy", theirs + "?" + their_sas("r"), {}).status < 300);
    CHECK(form.run(*this, "copy", "http://127.0.0.1:14432/devstoreaccount1/open/public", {}).status < 300);
    CHECK(form.run(*this, "copy", kSource, {{"x-ms-source-if-match", find("source").etag}}).status < 300);
    (void)delete_blob(*store, blob("copy"), {}, clock.now());
  }
}

TEST_CASE_METHOD(CopyFixture, "Each form says what is wrong with the blob it would write") {
  put("files", "there", "x");
  lease("there", std::nullopt);
  for (const Form& form : kForms) {
    CAPTURE(form.name);
    const auto tried = [&](const std::string& target, const Fields& headers = {}) {
      return outcome(form.run(*this, target, kSource, headers));
    };
    CHECK(tried("there") == "412 LeaseIdMissing");
    CHECK(tried("there", {{"x-ms-lease-id", "22222222-2222-2222-2222-222222222222"}}) ==
          "412 LeaseIdMismatchWithBlobOperation");
    CHECK(tried(std::string(1025, 'a')) == "400 OutOfRangeInput");
    if (form.makes_blob) {
      const std::string failed = form.asynchronous ? "412 TargetConditionNotMet" : "412 ConditionNotMet";
      CHECK(tried("there", {{"If-Match", "\"0x0\""}}) == failed);
      CHECK(tried("absent", {{"If-Match", "\"0x0\""}}) == failed);
      CHECK(tried("there", {{"If-None-Match", "*"}}) == "409 BlobAlreadyExists");
      CHECK(tried("new", {{"x-ms-meta-", "x"}}) == "400 EmptyMetadataKey");
      CHECK(tried("new", {{"x-ms-access-tier", "Warm"}}) == "400 InvalidHeaderValue");
    }
    CHECK(form.run(*this, "there", kSource, {{"x-ms-lease-id", kLease}}).status < 300);
    HttpRequest elsewhere("PUT", at("nowhere/b?comp=block&blockid=QQ%3D%3D"));
    CHECK(outcome(send_signed(std::move(elsewhere.header("x-ms-copy-source", kSource)))) ==
          "404 ContainerNotFound");
    HttpRequest body("PUT", at("files/new"));
    body.header("x-ms-copy-source", kSource).body("abc");
    CHECK(outcome(send_signed(std::move(body))) == "400 InvalidHeaderValue");
  }
}

TEST_CASE_METHOD(CopyFixture,
                 "A finite lease does not do for a copy over a blob, nor does an archived blob") {
  put("files", "there", "x");
  lease("there", std::chrono::seconds(15));
  CHECK(outcome(copy("there", kSource, {{"x-ms-lease-id", kLease}})) == "412 InfiniteLeaseDurationRequired");
  CHECK(put_from("there", kSource, {{"x-ms-lease-id", kLease}}).status == 201);
  REQUIRE(put_blob(*store, blob("cold"), "frozen", {{}, {}, {}, {}, std::string(kArchive)}, clock.now()));
  CHECK(outcome(copy("cold", kSource)) == "409 BlobArchived");
}

TEST_CASE_METHOD(CopyFixture, "Copy Blob brings an archived blob back under another name") {
  REQUIRE(put_blob(*store, blob("cold"), "frozen", {{}, {}, {}, {}, std::string(kArchive)}, clock.now()));
  const std::string source = std::string(kHere) + "cold";
  CHECK(outcome(copy("warm", source, {{"x-ms-access-tier", "Archive"}})) == "409 BlobArchived");
  CHECK(outcome(copy("cold", source, {{"x-ms-access-tier", "Hot"}})) == "409 BlobArchived");
  CHECK(outcome(sync_copy("warm", source, {{"x-ms-access-tier", "Hot"}})) == "409 BlobArchived");
  CHECK(copy("warm", source, {{"x-ms-access-tier", "Hot"}}).status == 202);
  CHECK(bytes_of("warm") == "frozen");
  CHECK(is_archived(find("cold")));
}

TEST_CASE_METHOD(CopyFixture, "A blob is copied onto itself, and a snapshot over its blob") {
  const std::string before = find("source").etag;
  CHECK(copy("source", kSource, {{"x-ms-meta-own", "new"}}).status == 202);
  CHECK(find("source").metadata == Metadata{{"own", "new"}});
  CHECK(find("source").etag != before);
  CHECK(bytes_of("source") == "abcdef");
  const std::string time = header_of(ask("PUT", "source?comp=snapshot"), "x-ms-snapshot");
  put("files", "source", "changed");
  CHECK(copy("source", kSource + "?snapshot=" + time).status == 202);
  CHECK(bytes_of("source") == "abcdef");
  CHECK(find("source").copy->source == kSource + "?snapshot=" + time);
  CHECK(text_of(ask("GET", "source?snapshot=" + time)) == "abcdef");
  CHECK(outcome(copy("source", kSource + "?snapshot=2020-01-01T00:00:00.0000000Z")) == "404 BlobNotFound");
}

TEST_CASE_METHOD(CopyFixture, "A copy outlives its source") {
  copy("copy", kSource);
  REQUIRE(delete_blob(*store, blob("source"), {}, clock.now()));
  CHECK(bytes_of("copy") == "abcdef");
}

TEST_CASE_METHOD(CopyFixture, "The signature of a source is used, and never shown again") {
  const std::string sas = their_sas("r");
  CHECK(copy("copy", std::string(kTheirs) + "?" + sas).status == 202);
  const std::string shown = header_of(ask("HEAD", "copy"), "x-ms-copy-source");
  CHECK_THAT(shown, ContainsSubstring("/second/files/theirs?sv=2021-06-08&sp=r"));
  CHECK_THAT(shown, !ContainsSubstring("sig="));
  const auto refused = copy("copy", std::string(kTheirs) + "?" + their_sas("w"));
  CHECK_THAT(text_of(refused), !ContainsSubstring("sig="));
  CHECK(header_of(refused, "x-ms-copy-source-status-code") == "403");
  CHECK(header_of(refused, "x-ms-copy-source-error-code") == "AuthorizationPermissionMismatch");
}

TEST_CASE_METHOD(CopyFixture, "A signature on the request is no key to the source") {
  SasToken token;
  token.expiry = "2026-11-21T00:00:00Z";
  const auto with = [&](const std::string& permissions, const std::string& target,
                        const std::string& source) {
    token.permissions = permissions;
    const char separator = target.find('?') == std::string::npos ? '?' : '&';
    HttpRequest request("PUT", at("files/" + target + separator) + container_sas("files", token));
    return outcome(send(request.header("x-ms-copy-source", source)));
  };
  token.permissions = "r";
  const std::string readable = kSource + "?" + container_sas("files", token);
  CHECK(with("w", "copy", kSource) == "404 CannotVerifyCopySource");
  CHECK(with("r", "copy", readable) == "403 AuthorizationPermissionMismatch");
  CHECK(with("c", "copy", readable) == "202 ");
  CHECK(with("c", "copy", readable) == "403 UnauthorizedBlobOverwrite");
  CHECK(with("w", "copy", readable) == "202 ");
  CHECK(with("c", "copy?comp=copy&copyid=11111111-1111-1111-1111-111111111111", readable) ==
        "403 AuthorizationPermissionMismatch");
}

TEST_CASE_METHOD(CopyFixture, "Copy Blob From URL takes no source over 256 MiB") {
  auto block = store->receive(std::string(4 << 20, 'x'), {});
  REQUIRE(block);
  REQUIRE(store->stage_block(blob("large"), "QQ==", *block, base::Durability::process));
  REQUIRE(commit_blocks(*store, blob("large"), std::vector<BlockReference>(65, {BlockSource::latest, "QQ=="}),
                        {}, clock.now()));
  const std::string large = std::string(kHere) + "large";
  CHECK(outcome(sync_copy("copy", large)) == "409 CannotVerifyCopySource");
  CHECK(copy("copy", large).status == 202);
  CHECK(find("copy").size_bytes == 65ull << 22);
}

TEST_CASE_METHOD(CopyFixture, "There is no copy to abort, and each mistake is named") {
  const std::string id = header_of(copy("copy", kSource), "x-ms-copy-id");
  const Fields abort{{"x-ms-copy-action", "abort"}};
  CHECK(outcome(ask("PUT", "copy?comp=copy&copyid=" + id, abort)) == "409 NoPendingCopyOperation");
  CHECK(outcome(ask("PUT", "source?comp=copy&copyid=" + id, abort)) == "409 NoPendingCopyOperation");
  CHECK(outcome(ask("PUT", "copy?comp=copy&copyid=11111111-1111-1111-1111-111111111111", abort)) ==
        "409 CopyIdMismatch");
  CHECK(outcome(ask("PUT", "absent?comp=copy&copyid=" + id, abort)) == "404 BlobNotFound");
  CHECK(outcome(ask("PUT", "copy?comp=copy&copyid=none", abort)) == "400 InvalidQueryParameterValue");
  CHECK(outcome(ask("PUT", "copy?comp=copy", abort)) == "400 MissingRequiredQueryParameter");
  CHECK(outcome(ask("PUT", "copy?comp=copy&copyid=" + id)) == "400 MissingRequiredHeader");
  CHECK(outcome(ask("PUT", "copy?comp=copy&copyid=" + id, {{"x-ms-copy-action", "go"}})) ==
        "400 InvalidHeaderValue");
  lease("copy", std::nullopt);
  CHECK(outcome(ask("PUT", "copy?comp=copy&copyid=" + id, abort)) == "412 LeaseIdMissing");
}

TEST_CASE_METHOD(CopyFixture, "A copy is of its source's type, and takes the place of no other") {
  const Fields page{{"x-ms-blob-type", "PageBlob"},
                    {"x-ms-blob-content-length", "1024"},
                    {"x-ms-blob-sequence-number", "7"}};
  HttpRequest put("PUT", at("files/page"));
  for (const auto& [name, value] : page) put.header(name, value);
  REQUIRE(send_signed(std::move(put.body(""))).status == 201);
  CHECK(copy("copy", std::string(kHere) + "page").status == 202);
  const auto head = ask("HEAD", "copy");
  CHECK(header_of(head, "x-ms-blob-type") == "PageBlob");
  CHECK(header_of(head, "Content-Length") == "1024");
  CHECK(header_of(head, "x-ms-blob-sequence-number") == "7");
  CHECK(bytes_of("copy") == std::string(1024, '\0'));
  CHECK(outcome(copy("source", std::string(kHere) + "page")) == "409 InvalidBlobType");
  CHECK(outcome(copy("page", kSource)) == "409 InvalidBlobType");
  CHECK(outcome(sync_copy("other", std::string(kHere) + "page")) == "409 InvalidBlobType");
  CHECK(outcome(put_from("page", kSource)) == "409 InvalidBlobType");
  CHECK(outcome(block_from("other", std::string(kHere) + "page")) == "409 InvalidBlobType");
}
