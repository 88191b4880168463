#include "emulator/storage/limits.h"
#include "emulator/storage/xml_reader.h"
#include "emulator/storage/xml_writer.h"
#include "tests/support/catch.h"

using namespace exthost::storage;

namespace {

std::string nested(int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += "<a>";
  for (int i = 0; i < depth; ++i) text += "</a>";
  return text;
}

}  // namespace

TEST_CASE("A document is read with its entities resolved and its order kept") {
  auto root =
      read_xml("\xEF\xBB\xBF<?xml version=\"1.0\"?><a x='1'><b>1 &lt; 2</b><c><![CDATA[<d>]]></c><b/></a>\n");
  REQUIRE(root);
  CHECK(root->name == "a");
  REQUIRE(root->children.size() == 3);
  CHECK(root->child_text("b") == "1 < 2");
  CHECK(root->child_text("c") == "<d>");
  CHECK(root->child("e") == nullptr);
}

TEST_CASE("A document that is not one plain element tree is refused") {
  const std::string bad[] = {
      "",
      "text",
      "<a>",
      "<a></b>",
      "<a/><b/>",
      "<!DOCTYPE a><a/>",
      "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>",
      "<?php x?><a/>",
      "<a><?php x?></a>",
      "<a x='1' x='2'/>",
      "<a/><?xml version=\"1.0\"?>",
      "<a>\xff</a>",
      "<a>&#1;</a>",
      std::string("<a>\0</a>", 8),
      nested(limits::kXmlDepth + 1),
      nested(100'000),
      "<a>" + std::string(limits::kXmlBytes, ' ') + "</a>",
  };
  for (const std::string& document : bad) {
    CAPTURE(document.substr(0, 60));
    CHECK_FALSE(read_xml(document));
  }
  CHECK(read_xml(nested(limits::kXmlDepth)));
}

TEST_CASE("An element with a flood of attributes is refused") {
  std::string document = "<a";
  for (int i = 0; i < 100'000; ++i) document += " x" + std::to_string(i) + "=''";
  CHECK_FALSE(read_xml(document + "/>"));
}

TEST_CASE("What is written reads back, whatever the texts hold") {
  const std::string odd = "a & b <c> \"d\" 'e'\r\n\t ]]> \xc3\xa4 \xf0\x9f\x98\x80";
  XmlWriter xml;
  xml.open("root", {{"attribute", odd}});
  xml.element("text", odd);
  xml.element("empty", "");
  xml.element("control", std::string("a\x01"
                                     "b\0c",
                                     5));
  xml.element("invalid",
              "a\xff"
              "b");
  xml.element("nonchar",
              "a\xEF\xBF\xBE"
              "b");
  xml.close();
  auto root = read_xml(xml.take());
  REQUIRE(root);
  CHECK(root->child_text("text") == odd);
  CHECK(root->child_text("empty").empty());
  CHECK(root->child_text("control") ==
        "a\xEF\xBF\xBD"
        "b\xEF\xBF\xBD"
        "c");
  CHECK(root->child_text("invalid") ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(root->child_text("nonchar") ==
        "a\xEF\xBF\xBD"
        "b");
}

TEST_CASE("A blob name that XML can't hold is percent-encoded and says so") {
  XmlWriter xml;
  xml.open("r");
  xml.name_element("Name", "dir/a\x01 b");
  xml.name_element("Name", "a&b");
  xml.close();
  CHECK(xml.take() ==
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><r><Name "
        "Encoded=\"true\">dir/a%01%20b</Name><Name>a&amp;b</Name></r>");
}
