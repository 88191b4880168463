#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace exthost::check {

/// A call of a controller by a URL that leads to wherever the script was loaded from.
struct ControllerCall {
  std::size_t offset = 0;  ///< Of the URL in the text.
  std::string url;         ///< As written, shortened.
};

/// Calls such as `fetch('/api/jobs')`, `$.ajax({ url: 'api/jobs' })`, `request.open('GET', '/api/jobs')` and
/// `getAppRelativeUri('/api/jobs')`. Hosting serves files and no controllers: those of a hosted extension
/// stand behind an absolute URL from its configuration (domain.md j, r).
///
/// A guess, made so that what it finds is so: a URL that is put together elsewhere is not found, nor a call
/// by a function whose name says nothing.
std::vector<ControllerCall> relative_controller_calls(std::string_view script);

/// The same for the scripts that stand in a page.
std::vector<ControllerCall> relative_controller_calls_in_page(std::string_view html);

}  // namespace exthost::check
