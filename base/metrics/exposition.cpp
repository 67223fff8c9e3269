#include "base/metrics/exposition.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "base/text/encoding.h"

namespace sfteams::metrics {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_name(std::string_view text) {
  return !text.empty() && is_letter(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

bool is_label_name(std::string_view text) {
  return is_name(text) && !text.starts_with("__") && text != "le";
}

/// Backslash and line feed with a backslash before them; quotes, too, where they would end the
/// text.
std::string escaped(std::string_view text, bool quoted) {
  const bool utf8 = text::is_utf8(text);
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\\' || (c == '"' && quoted)) {
      result += '\\';
      result += c;
    } else {
      const bool ascii = static_cast<unsigned char>(c) < 0x80;
      result += utf8 || ascii ? c : '?';
    }
  }
  return result;
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

}  // namespace

Exposition::Family Exposition::family(std::string_view type, std::string_view name,
                                      std::string_view help) {
  std::string full = prefix_ + std::string(name);
  if (!is_name(full)) throw std::logic_error("no name of a metric: " + full);
  if (name.ends_with("_total") != (type == "counter"))
    throw std::logic_error("counters, and only they, end with _total: " + full);
  if (!names_.insert(full).second) throw std::logic_error("a metric comes twice: " + full);
  std::string head =
      fmt::format("# HELP {} {}\n# TYPE {} {}\n", full, escaped(help, false), full, type);
  return {*this, std::move(full), std::move(head)};
}

Exposition::Family Exposition::gauge(std::string_view name, std::string_view help) {
  return family("gauge", name, help);
}

Exposition::Family Exposition::counter(std::string_view name, std::string_view help) {
  return family("counter", name, help);
}

void Exposition::histogram(std::string_view name, std::string_view help,
                           const Histogram& histogram) {
  const Family begun = family("histogram", name, help);
  const std::string& full = begun.name_;
  text_ += begun.head_;
  const std::vector<std::uint64_t> counts = histogram.up_to_bounds();
  for (std::size_t i = 0; i < counts.size(); ++i)
    text_ +=
        fmt::format("{}_bucket{{le=\"{}\"}} {}\n", full, number(histogram.bounds()[i]), counts[i]);
  text_ += fmt::format("{}_bucket{{le=\"+Inf\"}} {}\n", full, histogram.count());
  text_ += fmt::format("{}_sum {}\n{}_count {}\n", full, number(histogram.sum()), full,
                       histogram.count());
}

void Exposition::write(std::string_view name, double value, Labels labels) {
  text_ += name;
  char before = '{';
  for (const Label& label : labels) {
    if (!is_label_name(label.name))
      throw std::logic_error("no name of a label: " + std::string(label.name));
    text_ += fmt::format("{}{}=\"{}\"", before, label.name, escaped(label.value, true));
    before = ',';
  }
  if (before == ',') text_ += '}';
  text_ += fmt::format(" {}\n", number(value));
}

Exposition::Family& Exposition::Family::add(double value, Labels labels) {
  owner_.text_ += std::exchange(head_, {});
  owner_.write(name_, value, labels);
  return *this;
}

Exposition::Family& Exposition::Family::is(const Tally& tally, std::string_view label) {
  for (const auto& [kind, count] : tally.counts())
    is(count, {{label, kind}});
  return *this;
}

Exposition::Family& Exposition::Family::is(const Tally& tally, std::string_view label,
                                           const Label& also) {
  for (const auto& [kind, count] : tally.counts())
    is(count, {also, {label, kind}});
  return *this;
}

}  // namespace sfteams::metrics
