#include "tests/unit/storage/blob_service_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

struct Fixture : BlobServiceFixture {
  Fixture() { make_container("files", AccessLevel::container); }

  using Fields = std::vector<std::pair<std::string, std::string>>;
  http::Response ask(const std::string& method, const std::string& target, const Fields& fields = {},
                     const char* body = nullptr) {
    HttpRequest request(method, at(target));
    for (const auto& [name, value] : fields) request.header(name, value);
    if (body != nullptr) request.body(body);
    return send_signed(std::move(request));
  }
  http::Response put_with(const std::string& name, Fields fields) {
    fields.emplace_back("x-ms-blob-type", "BlockBlob");
    return ask("PUT", "files/" + name, fields, "bytes");
  }
  std::string list(const std::string& include) {
    return text_of(ask("GET", "files?restype=container&comp=list&include=" + include));
  }
};

std::string tags(const std::string& key, const std::string& value) {
  return "<Tags><TagSet><Tag><Key>" + key + "</Key><Value>" + value + "</Value></Tag></TagSet></Tags>";
}

}  // namespace

TEST_CASE_METHOD(Fixture, "Tags are put with a blob, counted, listed, read and replaced; the etag stays") {
  CHECK(put_with("a", {{"x-ms-tags", "stage=one&who%20is=a%2Bb"}}).status == 201);
  const auto head = ask("HEAD", "files/a");
  CHECK(header_of(head, "x-ms-tag-count") == "2");
  CHECK_THAT(list("tags"), ContainsSubstring("<TagCount>2</TagCount>"));
  CHECK_THAT(list("tags"),
             ContainsSubstring("<Tag><Key>who is</Key><Value>a+b</Value></Tag></TagSet></Tags></Blob>"));
  CHECK_THAT(list(""), !ContainsSubstring("<Tags>"));
  CHECK(ask("PUT", "files/a?comp=tags", {}, tags("stage", "two").c_str()).status == 204);
  CHECK_THAT(text_of(ask("GET", "files/a?comp=tags")), ContainsSubstring(tags("stage", "two")));
  CHECK(header_of(ask("HEAD", "files/a"), "ETag") == header_of(head, "ETag"));
  put_with("a", {});
  CHECK(header_of(ask("HEAD", "files/a"), "x-ms-tag-count").empty());
}

TEST_CASE_METHOD(Fixture, "Tags that Azure would refuse are refused") {
  const auto code = [&](const std::string& text) { return code_of(put_with("a", {{"x-ms-tags", text}})); };
  CHECK(code("a=1&a=2") == "DuplicateTagNames");
  CHECK(code("=1") == "EmptyTagName");
  CHECK(code("a") == "InvalidTag");
  CHECK(code("a=%3C") == "InvalidTag");
  CHECK(code("a=" + std::string(257, 'x')) == "InvalidTag");
  CHECK(code("a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1") == "TagsTooLarge");
  CHECK(code("a=").empty());
  CHECK(code_of(ask("PUT", "files/a?comp=tags", {}, "<Tags/>")) == "InvalidXmlDocument");
}

TEST_CASE_METHOD(Fixture, "A condition on tags holds operations off") {
  put_with("a", {{"x-ms-tags", "stage=one"}});
  const Fields holds{{"x-ms-if-tags", "\"stage\" = 'one'"}};
  const Fields fails{{"x-ms-if-tags", "\"stage\" = 'two'"}};
  CHECK(ask("GET", "files/a", holds).status == 200);
  CHECK(code_of(ask("GET", "files/a", fails)) == "ConditionNotMet");
  CHECK(code_of(put_with("a", fails)) == "ConditionNotMet");
  CHECK(code_of(ask("DELETE", "files/a", fails)) == "ConditionNotMet");
  CHECK(code_of(ask("GET", "files/a", {{"x-ms-if-tags", "stage"}})) == "InvalidHeaderValue");
  CHECK(ask("DELETE", "files/a", holds).status == 202);
}

TEST_CASE_METHOD(Fixture, "Blobs are found by their tags, in the account or a container, page by page") {
  make_container("other", AccessLevel::none);
  for (const char* name : {"a", "b%20c", "d"}) put_with(name, {{"x-ms-tags", "stage=one&more=x"}});
  put_with("e", {{"x-ms-tags", "stage=two"}});
  ask("PUT", "other/f", {{"x-ms-blob-type", "BlockBlob"}, {"x-ms-tags", "stage=one"}}, "x");
  const std::string where = "&where=" + base::percent_encode("stage='one'");
  const auto count = [](const std::string& text) {
    std::size_t found = 0;
    for (std::size_t at = text.find("<Blob>"); at != std::string::npos; at = text.find("<Blob>", at + 1))
      ++found;
    return found;
  };
  const std::string all = text_of(ask("GET", "?comp=blobs" + where));
  CHECK(count(all) == 4);
  CHECK_THAT(all,
             ContainsSubstring("<Name>f</Name><ContainerName>other</ContainerName>" + tags("stage", "one")));
  CHECK(count(text_of(ask("GET", "files?restype=container&comp=blobs" + where))) == 3);
  CHECK(count(text_of(ask(
            "GET", "?comp=blobs&where=" + base::percent_encode("@container='other' AND stage='one'")))) == 1);
  const std::string page = text_of(ask("GET", "?comp=blobs&maxresults=1" + where));
  CHECK(count(page) == 1);
  CHECK_THAT(page, ContainsSubstring("<NextMarker>files/b%20c</NextMarker>"));
  CHECK(count(text_of(ask("GET", "?comp=blobs&marker=files%2Fb%2520c" + where))) == 3);
  CHECK(code_of(ask("GET", "?comp=blobs&where=nonsense")) == "InvalidQueryParameterValue");
  CHECK(code_of(ask("GET", "absent?restype=container&comp=blobs" + where)) == "ContainerNotFound");
}

TEST_CASE_METHOD(Fixture, "A tier is kept and told, and an archived blob can't be read until it is moved") {
  put_with("a", {});
  CHECK(header_of(ask("HEAD", "files/a"), "x-ms-access-tier-inferred") == "true");
  CHECK(ask("PUT", "files/a?comp=tier", {{"x-ms-access-tier", "cool"}}).status == 200);
  CHECK(header_of(ask("HEAD", "files/a"), "x-ms-access-tier") == "Cool");
  CHECK(header_of(ask("HEAD", "files/a"), "x-ms-access-tier-inferred").empty());
  CHECK_FALSE(header_of(ask("HEAD", "files/a"), "x-ms-access-tier-change-time").empty());
  CHECK_THAT(list(""), ContainsSubstring("<AccessTier>Cool</AccessTier><AccessTierChangeTime>"));
  CHECK(put_with("b", {{"x-ms-access-tier", "Archive"}}).status == 201);
  CHECK(code_of(ask("GET", "files/b")) == "BlobArchived");
  CHECK(ask("HEAD", "files/b").status == 200);
  CHECK(ask("PUT", "files/b?comp=tier", {{"x-ms-access-tier", "Hot"}}).status == 202);
  CHECK(text_of(ask("GET", "files/b")) == "bytes");
  CHECK(code_of(ask("PUT", "files/b?comp=tier", {{"x-ms-access-tier", "Warm"}})) == "InvalidHeaderValue");
  CHECK(code_of(ask("PUT", "files/b?comp=tier")) == "MissingRequiredHeader");
}

TEST_CASE_METHOD(Fixture, "A snapshot has a tier of its own") {
  put_with("a", {});
  const std::string time = header_of(ask("PUT", "files/a?comp=snapshot"), "x-ms-snapshot");
  CHECK(ask("PUT", "files/a?comp=tier&snapshot=" + time, {{"x-ms-access-tier", "Archive"}}).status == 200);
  CHECK(code_of(ask("GET", "files/a?snapshot=" + time)) == "BlobArchived");
  CHECK(ask("GET", "files/a").status == 200);
}
