#include "emulator/package/size_budget.h"

#include <algorithm>
#include <string>

#include "emulator/package/entry_name.h"
#include "emulator/package/zip_errors.h"

namespace exthost::package {

base::Result<void> SizeBudget::add(std::string_view name, std::uint64_t size, std::uint64_t stored_size) {
  if (size > limits_.file_bytes) {
    return zip_too_large("entry " + quoted_name(name) + " expands to " + std::to_string(size) +
                         " bytes, the limit for a file is " + std::to_string(limits_.file_bytes));
  }
  if (exceeds_ratio(size, stored_size)) {
    return zip_too_large("entry " + quoted_name(name) + " expands to more than " +
                         std::to_string(limits_.ratio) + " times its size in the zip");
  }
  expanded_ += size;
  if (expanded_ > limits_.expanded_bytes) {
    return zip_too_large("the zip expands to more than " + std::to_string(limits_.expanded_bytes) +
                         " bytes: the limit is passed at entry " + quoted_name(name));
  }
  return {};
}

base::Result<void> SizeBudget::check_whole(std::uint64_t zip_bytes) const {
  if (!exceeds_ratio(expanded_, zip_bytes)) return {};
  return zip_too_large("the zip expands to more than " + std::to_string(limits_.ratio) + " times its size");
}

bool SizeBudget::exceeds_ratio(std::uint64_t expanded, std::uint64_t zipped) const {
  return expanded > limits_.ratio_from_bytes &&
         expanded / limits_.ratio >= std::max<std::uint64_t>(zipped, 1);
}

}  // namespace exthost::package
