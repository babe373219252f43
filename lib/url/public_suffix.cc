#include "lib/url/public_suffix.h"

#include <libpsl.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include "lib/base/hash.h"
#include "lib/url/ip_address.h"

namespace wirefold {
namespace {

// How many of the host's last bytes are its registrable domain.
size_t FindDomain(std::string_view host) {
  const psl_ctx_t* list = psl_builtin();
  if (list == nullptr) return 0;
  const std::string terminated(host);
  const char* domain = psl_registrable_domain(list, terminated.c_str());
  return domain == nullptr ? 0 : std::strlen(domain);
}

struct Remembered {
  uint8_t host_bytes = 0;
  uint8_t domain_bytes = 0;
  std::array<char, 62> host;
};
constexpr size_t kRemembered = 256;  // 16 KiB a thread

}  // namespace

std::string_view RegistrableDomain(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || host.starts_with('[') || EndsInNumber(host)) return {};
  if (host.size() > std::tuple_size_v<decltype(Remembered::host)>) {
    return host.substr(host.size() - FindDomain(host));
  }
  thread_local std::array<Remembered, kRemembered> table;
  Remembered& entry = table[HashBytes64(host) % kRemembered];
  if (std::string_view(entry.host.data(), entry.host_bytes) != host) {
    entry.domain_bytes = static_cast<uint8_t>(FindDomain(host));
    entry.host_bytes = static_cast<uint8_t>(host.copy(entry.host.data(), host.size()));
  }
  return host.substr(host.size() - entry.domain_bytes);
}

std::string PublicSuffixListVersion() {
  const char* checksum = psl_builtin() == nullptr ? nullptr : psl_builtin_sha1sum();
  return checksum == nullptr ? "" : checksum;
}

}  // namespace wirefold
