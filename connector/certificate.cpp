#include "connector/certificate.h"

#include "clock/utc_time.h"
#include "connector/codes.h"

namespace sfteams::connector {

Result<std::optional<std::chrono::system_clock::time_point>> check_certificate(
    const transport::ServerTls& files, std::chrono::system_clock::time_point now) {
  auto not_after = transport::check_certificate(files);
  if (!not_after || !*not_after || now < **not_after) return not_after;
  return fail(codes::kCertificateExpired,
              "the certificate in " + files.certificate_file.string() + " expired on " +
                  clock::utc_text(**not_after) + ", so that nobody connects",
              "renew it, and let the connector read it again (systemctl reload)");
}

}  // namespace sfteams::connector
