#include "keygen/license_commands.h"

#include <array>
#include <ostream>
#include <utility>

#include "clock/utc_time.h"
#include "crypto/ed25519.h"
#include "files/atomic_file.h"
#include "files/codes.h"
#include "files/small_file.h"
#include "json/json.h"
#include "keygen/codes.h"
#include "keygen/license.h"
#include "keygen/paseto.h"

namespace sfteams::keygen {
namespace {

constexpr std::size_t kMaxPem = 4'096;

Result<void> write(const std::filesystem::path& file, std::string_view text, bool overwrite) {
  Result<void> written = files::write_file_atomically(
      file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
      overwrite ? files::Existing::replace : files::Existing::refuse);
  if (!written && written.error().code == files::codes::kFileExists)
    written.error().hint = "choose another name, or use --force to overwrite it";
  return written;
}

Result<crypto::Ed25519Key> read_issuer(const std::filesystem::path& file) {
  const Result<crypto::Secret> text = files::read_small_file(file, kMaxPem);
  if (!text) return fail(text.error());
  Result<crypto::Ed25519Key> key = crypto::Ed25519Key::from_pem(text->text());
  if (!key) key.error().message = file.string() + ": " + key.error().message;
  return key;
}

Result<std::chrono::sys_days> day(const std::string& text, const char* option) {
  const auto day = clock::parse_day(text);
  if (day) return *day;
  return fail(codes::kLicenseTerms, std::string(option) + " has to be a day of the calendar",
              "write it as 2027-12-31");
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts)
    all += (all.empty() ? "" : ", ") + text;
  return all;
}

void print_terms(const License& license, std::ostream& out) {
  out << "licence    " << license.id << '\n'
      << "kind       floating\n"
      << "holder     " << license.holder << '\n'
      << "systems    " << joined(license.systems) << '\n'
      << "seats      " << license.seats << '\n'
      << "valid      " << clock::day_text(license.from) << " to " << clock::day_text(license.until)
      << " (UTC, both days included)\n"
      << "issued     " << license.issued << '\n';
}

Result<std::string> license_text(const std::filesystem::path& file, std::istream& in) {
  if (file != "-") {
    const Result<crypto::Secret> content = files::read_small_file(file, kMaxLicenseText);
    if (!content) return fail(content.error());
    return std::string(content->text());
  }
  std::array<char, kMaxLicenseText + 1> buffer{};
  in.read(buffer.data(), buffer.size());
  return std::string(buffer.data(), static_cast<std::size_t>(in.gcount()));
}

Result<License> checked(const std::string& text, const std::vector<std::string>& issuers) {
  if (issuers.empty()) return read_license_unchecked(text);
  std::vector<crypto::Ed25519PublicKey> keys;
  for (const std::string& issuer : issuers) {
    const auto key = parse_public_key(issuer);
    if (!key) {
      return fail(codes::kUsage, "--issuer takes a public key that begins with k4.public.",
                  "license new-issuer has printed it");
    }
    keys.push_back(*key);
  }
  return read_license(text, keys);
}

}  // namespace

Result<void> make_issuer(const NewIssuerOptions& options, std::ostream& out) {
  const Result<crypto::Ed25519Key> key = crypto::Ed25519Key::generate();
  if (!key) return fail(key.error());
  const crypto::Secret pem = key->pem();
  if (Result<void> written = write(options.file, pem.text(), options.overwrite); !written)
    return written;
  out << "private key  " << options.file.string() << " (keep it secret, and keep a copy of it)\n"
      << "public key   " << public_key_text(key->public_key()) << '\n'
      << "Agents trust it by: [license] issuers = " << public_key_text(key->public_key()) << '\n';
  return {};
}

Result<void> issue_license_key(const IssueOptions& options,
                               std::chrono::system_clock::time_point now, std::ostream& out) {
  License terms;
  terms.holder = options.holder;
  terms.systems = options.systems;
  terms.seats = options.seats;
  const auto from = day(
      options.from.value_or(clock::day_text(std::chrono::floor<std::chrono::days>(now))), "--from");
  if (!from) return fail(from.error());
  const auto until = day(options.until, "--until");
  if (!until) return fail(until.error());
  terms.from = *from;
  terms.until = *until;
  const Result<crypto::Ed25519Key> issuer = read_issuer(options.issuer);
  if (!issuer) return fail(issuer.error());
  const Result<std::string> text = issue_license(*issuer, std::move(terms), now);
  if (!text) return fail(text.error());
  if (!options.file) {
    out << *text << '\n';
    return {};
  }
  if (Result<void> written = write(*options.file, *text + "\n", options.overwrite); !written)
    return written;
  const Result<License> license = read_license_unchecked(*text);
  if (!license) return fail(license.error());
  out << "file       " << options.file->string() << '\n';
  print_terms(*license, out);
  return {};
}

Result<void> show_license_key(const ShowLicenseOptions& options,
                              std::chrono::system_clock::time_point now, std::istream& in,
                              std::ostream& out) {
  const Result<std::string> text = license_text(options.file, in);
  if (!text) return fail(text.error());
  const Result<License> license = checked(*text, options.issuers);
  if (!license) return fail(license.error());
  if (options.json) {
    Json::Value value = terms_json(*license);
    value["kind"] = "floating";
    value["signatureChecked"] = !options.issuers.empty();
    out << json::write_pretty(value);
  } else {
    print_terms(*license, out);
    out << "signature  "
        << (options.issuers.empty() ? "not checked (name its issuer with --issuer)" : "correct")
        << '\n';
  }
  if (options.system) return check_license(*license, *options.system, now);
  return {};
}

}  // namespace sfteams::keygen
