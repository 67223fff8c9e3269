#pragma once

#include <concepts>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>

#include "base/metrics/histogram.h"
#include "base/metrics/tally.h"

namespace sfteams::metrics {

struct Label {
  std::string_view name;   ///< [a-zA-Z_][a-zA-Z0-9_]*, not "le", not beginning with __
  std::string_view value;  ///< any bytes; those that are no UTF-8 come out as ?
};
using Labels = std::initializer_list<Label>;

template <typename T>
concept Number = std::integral<T> || std::floating_point<T>;

/// Metrics as text, in the format that Prometheus reads (text-based exposition format, version
/// 0.0.4), one family after the other:
///   Exposition out("starface_teams_agent_");
///   out.gauge("sessions", "Sessions that are open").is(12);
///   out.counter("calls_total", "Calls by result").is(3, {{"result", "ok"}});
/// Names that break the format or its conventions, and a family that comes twice, are programmers'
/// mistakes (std::logic_error).
class Exposition {
 public:
  static constexpr const char* kContentType = "text/plain; version=0.0.4; charset=utf-8";

  /// `prefix` begins every name.
  explicit Exposition(std::string prefix) : prefix_(std::move(prefix)) {}

  /// The samples of one name. It is used up before the next family is begun; one without samples
  /// leaves no trace.
  class Family {
   public:
    template <Number T>
    Family& is(T value, Labels labels = {}) {
      return add(static_cast<double>(value), labels);
    }
    /// A sample for each kind.
    Family& is(const Tally& tally, std::string_view label);
    Family& is(const Tally& tally, std::string_view label, const Label& also);

   private:
    friend class Exposition;
    Family(Exposition& owner, std::string name, std::string head)
        : owner_(owner), name_(std::move(name)), head_(std::move(head)) {}
    Family& add(double value, Labels labels);

    Exposition& owner_;
    std::string name_;
    std::string head_;  ///< # HELP and # TYPE, until they have been written
  };

  /// Goes up and down. Units are base units and end the name: _seconds, _bytes.
  [[nodiscard]] Family gauge(std::string_view name, std::string_view help);
  /// Only grows while the process lives. The name ends with _total.
  [[nodiscard]] Family counter(std::string_view name, std::string_view help);
  void histogram(std::string_view name, std::string_view help, const Histogram& histogram);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  [[nodiscard]] Family family(std::string_view type, std::string_view name, std::string_view help);
  void write(std::string_view name, double value, Labels labels);

  std::string prefix_;
  std::set<std::string> names_;
  std::string text_;
};

}  // namespace sfteams::metrics
