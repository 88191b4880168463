#include "emulator/check/controller_calls.h"

#include "tests/support/catch.h"

using namespace exthost::check;

namespace {

std::vector<std::string> urls(const std::vector<ControllerCall>& calls) {
  std::vector<std::string> urls;
  for (const auto& call : calls) urls.push_back(call.url);
  return urls;
}

}  // namespace

TEST_CASE("a call of a controller by a relative URL is found") {
  const std::string script = GENERATE(as<std::string>{},                                                    //
                                      "fetch('/api/jobs')",                                                 //
                                      "window.fetch( \"api/jobs/\" + id)",                                  //
                                      "await fetch(`/api/jobs/${id}`, { method: 'POST' })",                 //
                                      "$.ajax({ type: 'GET', url: '/api/jobs' })",                          //
                                      "jQuery.getJSON('./api/jobs', done)",                                 //
                                      "$.post(\"/API/jobs\", data)",                                        //
                                      "this.http.get('/api/jobs').subscribe()",                             //
                                      "axios('api/jobs')", "axios.delete(`/api/jobs/${id}`)",               //
                                      "axios.request({method: 'get', headers: {a: 1}, url: '/api/jobs'})",  //
                                      "r.open('GET', '/api/jobs', true)",                                   //
                                      "r.open(\"post\",\"/api/jobs\")",                                     //
                                      "MsPortalFx.Base.Net.ajax({uri:\"/api/jobs\"})",                      //
                                      "(0,n.ajax)({\"url\":\"/api/jobs\"})",                                //
                                      "MsPortalFx.Base.Resources.getAppRelativeUri(\"/api/jobs?x={0}\")",   //
                                      "x = a / b; fetch('/api/jobs')",                                      //
                                      "s.replace(/[\"'`]/g, ''); fetch('/api/jobs')",                       //
                                      "if (/'/.test(s)) fetch('/api/jobs')",                                //
                                      "`${fetch('/api/jobs')}`",                                            //
                                      "`${a ? `${{}}` : ''}'`; fetch('/api/jobs')",                         //
                                      "// it's\nfetch('/api/jobs')",                                        //
                                      "/* it's */ fetch('/api/jobs')");
  INFO(script);
  CHECK(relative_controller_calls(script).size() == 1);
}

TEST_CASE("what is no call of a controller by a relative URL is left alone") {
  const std::string script = GENERATE(as<std::string>{},                                  //
                                      "fetch('https://jobs.example.com/api/jobs')",       //
                                      "fetch(endpoint + '/api/jobs')",                    //
                                      "fetch(`${endpoint}/api/jobs`)",                    //
                                      "fetch('//jobs.example.com/api/jobs')",             //
                                      "fetch('Content/data.json')",                       //
                                      "fetch('/api/diagnostics')",                        //
                                      "fetch('apiary/x')", "fetch('/apis/x')",            //
                                      "// fetch('/api/jobs')",                            //
                                      "/* $.get('/api/jobs') */",                         //
                                      "text = \"fetch('/api/jobs')\"",                    //
                                      "html = `fetch('/api/jobs')`",                      //
                                      "app.get('/api/jobs', handler)",                    //
                                      "map.get('api/jobs')", "cache.delete('api/jobs')",  //
                                      "const path = '/api/jobs'",                         //
                                      "router.push({ url: '/api/jobs' })",                //
                                      "store.open('x', '/api/jobs')",                     //
                                      "pattern = /fetch('\\/api\\/jobs')/",               //
                                      "repository.fetch('api/jobs')",                     //
                                      "window.open('/api/jobs')", "window.request('/api/jobs')");
  INFO(script);
  CHECK(urls(relative_controller_calls(script)).empty());
}

TEST_CASE("the place of a call is that of its URL") {
  const std::string script = "a();\nfetch('/api/x')";
  const auto calls = relative_controller_calls(script);
  REQUIRE(calls.size() == 1);
  CHECK(script.substr(calls[0].offset, 4) == "/api");
  CHECK(calls[0].url == "/api/x");
}

TEST_CASE("a page is searched in its scripts only") {
  const std::string page =
      "<!doctype html><p>fetch('/api/text')</p><!-- <script>fetch('/api/comment')</script> -->\n"
      "<script type=\"text/x-template\">fetch('/api/template')</script>\n"
      "<SCRIPT>fetch('/api/one')</SCRIPT><script type=module>fetch('/api/two')</script>\n"
      "<scripts>fetch('/api/other')</scripts><script>fetch('/api/open')";
  const auto calls = relative_controller_calls_in_page(page);
  CHECK(urls(calls) == std::vector<std::string>{"/api/one", "/api/two", "/api/open"});
  CHECK(page.substr(calls.at(1).offset, 8) == "/api/two");
}

TEST_CASE("broken scripts end, however they break off") {
  for (const char* script :
       {"'", "\"\\", "`", "`${", "/", "/[", "/*", "//", "`${`${'", "fetch(", "}", "{:'/api/x'", "'/api/x'",
        ":'/api/x'", ",'/api/x'", "('/api/x'", ".('/api/x'", "fetch(`/api/x\\"}) {
    INFO(script);
    CHECK(relative_controller_calls(script).size() <= 1);
    CHECK(relative_controller_calls_in_page("<script>" + std::string(script)).size() <= 1);
  }
}
