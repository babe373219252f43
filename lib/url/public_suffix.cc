#include "lib/url/public_suffix.h"

#include <libpsl.h>

#include "lib/url/ip_address.h"

namespace wirefold {

std::string RegistrableDomain(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.starts_with('[') || EndsInNumber(host)) return "";
  const psl_ctx_t* list = psl_builtin();
  if (list == nullptr) return "";
  const std::string terminated(host);
  const char* domain = psl_registrable_domain(list, terminated.c_str());
  return domain == nullptr ? "" : domain;
}

std::string PublicSuffixListVersion() {
  const char* checksum = psl_builtin() == nullptr ? nullptr : psl_builtin_sha1sum();
  return checksum == nullptr ? "" : checksum;
}

}  // namespace wirefold
