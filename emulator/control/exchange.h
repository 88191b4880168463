#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json_document.h"
#include "emulator/base/result.h"
#include "emulator/control/rows.h"
#include "emulator/http/message.h"

/// What every route does with a request's body and with an error.
namespace exthost::control {

/// The error as a problem document, with the status that its kind stands for.
http::Response problem(const base::Error& error);

/// An extension by its hosting service name or its portal name, in any letter case. `not_found`
/// (kUnknownExtension), with a did-you-mean.
base::Result<ExtensionRow> find_extension(std::vector<ExtensionRow> rows, const std::string& name);

/// A parameter of the query; empty if it is not there.
std::string parameter(const http::Request& request, std::string_view name);

/// kBadRequestBody, with one sentence.
base::Error bad_body(const std::string& message);

/// Whether the request brings one.
bool has_body(const http::Request& request);

/// The request's JSON object. kBadRequestBody, or kBodyTooLarge.
base::Result<base::JsonValue> read_object(const http::Request& request, std::size_t limit_bytes);

/// The request's JSON object, or absent if the request has no body. Of its members, which are at most those
/// in `strings`, each is a string. kBadRequestBody, or kBodyTooLarge.
base::Result<std::optional<base::JsonValue>> read_optional_strings(
    const http::Request& request, std::initializer_list<std::string_view> strings);

/// The request's JSON object, of which `name` is a string. kBadRequestBody, or kBodyTooLarge.
base::Result<base::JsonValue> read_object(const http::Request& request, std::string_view name,
                                          std::size_t limit_bytes);

/// The string member `name` of the request's JSON object, which may have no other: what else there is cannot
/// be changed while the emulator runs.
base::Result<std::string> read_changed_string(const http::Request& request, std::string_view name,
                                              std::size_t limit_bytes);

/// The string member `name` of the request's JSON object, which has a few fields at most.
base::Result<std::string> read_string_field(const http::Request& request, std::string_view name);

}  // namespace exthost::control
