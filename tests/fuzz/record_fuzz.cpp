// Any bytes as a plaintext: what is read as records is exactly what stands there.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <variant>
#include <vector>

#include "tunnel/limits.h"
#include "tunnel/record.h"

namespace {

namespace tunnel = sfteams::tunnel;

/// An OPEN or RESUME of another version is read as far as its version only.
bool is_foreign(const tunnel::Record& record) {
  const auto* const open = std::get_if<tunnel::OpenRecord>(&record);
  const auto* const resume = std::get_if<tunnel::ResumeRecord>(&record);
  return (open != nullptr && open->version != tunnel::kProtocolVersion) ||
         (resume != nullptr && resume->version != tunnel::kProtocolVersion);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> copy(size);
  tunnel::RecordWriter writer(copy);
  tunnel::RecordReader reader({data, size});
  for (;;) {
    const auto record = reader.next();
    if (!record || !*record || is_foreign(**record)) break;
    if (!writer.write(**record)) std::abort();
  }
  if (!std::equal(copy.begin(), copy.begin() + static_cast<std::ptrdiff_t>(writer.size()), data)) {
    std::abort();
  }
  return 0;
}
