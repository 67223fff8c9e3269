#include "connector/certificate.h"

#include "base/clock/utc_time.h"
#include "connector/codes.h"

namespace sfteams::connector {

std::optional<Code> problem_of(const transport::Validity& validity,
                               std::chrono::system_clock::time_point now) {
  if (now >= validity.until) return codes::kCertificateExpired;
  if (now < validity.from) return codes::kCertificateNotYet;
  return std::nullopt;
}

Result<std::optional<transport::Validity>> check_certificate(
    const transport::ServerTls& files, std::chrono::system_clock::time_point now) {
  auto validity = transport::check_certificate(files);
  if (!validity || !*validity) return validity;
  const std::optional<Code> problem = problem_of(**validity, now);
  if (!problem) return validity;
  const std::string which = "the certificate in " + files.certificate_file.string();
  if (*problem == codes::kCertificateNotYet) {
    return fail(*problem,
                which + " is not good before " + clock::utc_text((*validity)->from) +
                    ", so that nobody connects",
                "set this host's clock right if it is slow (timedatectl), or use the certificate "
                "from before until then");
  }
  return fail(
      *problem,
      which + " expired on " + clock::utc_text((*validity)->until) + ", so that nobody connects",
      "renew it, and let the connector read it again (systemctl reload)");
}

}  // namespace sfteams::connector
