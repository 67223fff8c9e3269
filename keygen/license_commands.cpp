#include "keygen/license_commands.h"

#include <array>
#include <charconv>
#include <ostream>
#include <utility>

#include <sys/stat.h>

#include "base/clock/utc_time.h"
#include "base/crypto/ed25519.h"
#include "base/files/atomic_file.h"
#include "base/files/codes.h"
#include "base/files/small_file.h"
#include "base/json/json.h"
#include "keygen/codes.h"
#include "keygen/license.h"
#include "keygen/paseto.h"
#include "keygen/system_name.h"

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

bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b) {
  struct stat found_a {};
  struct stat found_b {};
  return stat(a.c_str(), &found_a) == 0 && stat(b.c_str(), &found_b) == 0 &&
         found_a.st_dev == found_b.st_dev && found_a.st_ino == found_b.st_ino;
}

/// What is lost with a private key cannot be had again, whatever was asked for.
Result<void> spare_private_keys(const IssueOptions& options) {
  const Result<crypto::Secret> content = files::read_small_file(*options.file, kMaxPem);
  const bool holds_key =
      content && content->text().find("PRIVATE KEY-----") != std::string_view::npos;
  if (!holds_key && !is_same_file(*options.file, options.issuer)) return {};
  return fail(files::codes::kFileExists,
              options.file->string() + " holds a private key, which is never overwritten",
              "choose another name for the licence");
}

Result<std::uint32_t> seats(const std::string& text) {
  std::uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && rest == end && number >= 1 && number <= License::kMostSeats)
    return number;
  return fail(codes::kLicenseTerms, "--seats has to be a whole number from 1 to 100000");
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

void print_issuer(const crypto::Ed25519Key& key, std::ostream& out) {
  const std::string text = public_key_text(key.public_key());
  out << "public key   " << text << '\n'
      << "number       " << key_id_of(key.public_key()) << '\n'
      << "Agents trust it by: [license] issuers = " << text << '\n';
}

Result<std::string> license_text(const std::filesystem::path& file, std::istream& in) {
  if (file != "-") {
    if (const Result<void> name = check_license_file_name(file.string()); !name)
      return fail(name.error());
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
    if (const auto key = parse_public_key(issuer)) {
      keys.push_back(*key);
      continue;
    }
    constexpr std::string_view kSecret = "k4.secret.";
    if (issuer.starts_with("k4.")) {
      return fail(codes::kUsage,
                  issuer.starts_with(kSecret) ? "--issuer got a private key"
                                              : "--issuer got a damaged public key",
                  "it takes a public key that begins with k4.public. and has 53 characters, which "
                  "license show-issuer prints, or the file of the private key");
    }
    const Result<crypto::Ed25519Key> key = read_issuer(issuer);
    if (!key) return fail(key.error());
    keys.push_back(key->public_key());
  }
  return read_license(text, keys);
}

}  // namespace

Result<void> make_issuer(const std::filesystem::path& file, std::ostream& out) {
  const Result<crypto::Ed25519Key> key = crypto::Ed25519Key::generate();
  if (!key) return fail(key.error());
  const crypto::Secret pem = key->pem();
  if (Result<void> written = write(file, pem.text(), false); !written) {
    if (written.error().code == files::codes::kFileExists)
      written.error().hint = "choose another name; a private key is never overwritten";
    return written;
  }
  out << "private key  " << file.string() << " (keep it secret, and keep a copy of it)\n";
  print_issuer(*key, out);
  return {};
}

Result<void> show_issuer(const std::filesystem::path& file, std::ostream& out) {
  const Result<crypto::Ed25519Key> key = read_issuer(file);
  if (!key) return fail(key.error());
  print_issuer(*key, out);
  return {};
}

Result<void> issue_license_key(const IssueOptions& options,
                               std::chrono::system_clock::time_point now, std::ostream& out) {
  License terms;
  terms.holder = options.holder;
  terms.systems = options.systems;
  const Result<std::uint32_t> number = seats(options.seats);
  if (!number) return fail(number.error());
  terms.seats = *number;
  const auto today = std::chrono::floor<std::chrono::days>(now);
  const auto from = day(options.from.value_or(clock::day_text(today)), "--from");
  if (!from) return fail(from.error());
  const auto until = day(options.until, "--until");
  if (!until) return fail(until.error());
  if (!options.from && *until < today) {
    return fail(codes::kLicenseTerms,
                "--until lies in the past (today is " + clock::day_text(today) + ")",
                "name a later day");
  }
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
  if (Result<void> spared = spare_private_keys(options); !spared) return spared;
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
  if (!options.system) return {};
  const Result<std::string> system = canonical_system_name(*options.system);
  if (!system)
    return fail(codes::kUsage, "--system: " + system.error().message, system.error().hint);
  return check_license(*license, *system, now);
}

}  // namespace sfteams::keygen
