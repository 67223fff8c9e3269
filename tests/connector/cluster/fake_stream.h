#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <json/value.h>

#include "base/crypto/hash.h"
#include "base/json/json.h"
#include "base/text/encoding.h"
#include "tests/transport/bus/fake_bus.h"

namespace sfteams::connector::test {

/// A stream as nats-server 2.9.10 keeps it, with one message a subject: its answers are those of
/// the real one, byte for byte where it matters.
class FakeStream {
 public:
  enum class OnSecond {
    refuse,   ///< write-once
    replace,  ///< the last one is kept
  };

  FakeStream(bus::test::FakeBroker& broker, std::string name, std::string subjects,
             OnSecond on_second)
      : bus_(broker), name_(std::move(name)), on_second_(on_second) {
    config_["name"] = name_;
    config_["subjects"].append(subjects);
    const auto serve = [this](const std::string& subject, auto handler) {
      handles_.push_back(bus_.subscribe(subject, [this, handler](const bus::Message& message) {
        if (!answering()) return;
        const std::string answer = (this->*handler)(message);
        if (!message.reply_to.empty()) say(message.reply_to, answer);
      }));
    };
    serve("$JS.API.STREAM.INFO." + name_, &FakeStream::info);
    serve("$JS.API.STREAM.MSG.GET." + name_, &FakeStream::get);
    serve("$JS.API.STREAM.CREATE." + name_, &FakeStream::create);
    stored_ = bus_.subscribe(subjects, [this](const bus::Message& message) {
      if (!answering() || !exists) return;
      const std::string answer = store(message);
      if (lost_acks > 0) {
        --lost_acks;
      } else if (!message.reply_to.empty()) {
        say(message.reply_to, answer);
      }
    });
  }

  bool exists = true;
  bool leader = true;   ///< without one nothing is answered
  bool frozen = false;  ///< as without one
  int lost_acks = 0;    ///< so many publications are stored, and their answers lost
  /// Every publication that is stored is told here.
  std::function<void(const std::string& subject)> on_stored{};

  /// Deleted and made again.
  void wipe() {
    ++incarnation_;
    messages_.clear();
    last_ = 0;
  }
  /// To how it was when it had this last sequence.
  void wind_back(std::uint64_t last) {
    messages_.erase(messages_.upper_bound(last), messages_.end());
    last_ = last;
  }
  [[nodiscard]] std::uint64_t last() const { return last_; }
  [[nodiscard]] std::size_t size() const { return messages_.size(); }
  [[nodiscard]] std::optional<bus::Bytes> at(std::string_view subject) const {
    for (const auto& [sequence, message] : messages_)
      if (message.first == subject) return message.second;
    return std::nullopt;
  }
  [[nodiscard]] std::vector<std::string> subjects() const {
    std::vector<std::string> all;
    for (const auto& [sequence, message] : messages_)
      all.push_back(message.first);
    return all;
  }
  /// As if somebody had published it.
  std::string put(const std::string& subject, bus::Bytes value) {
    return store({subject, "", std::move(value)});
  }
  [[nodiscard]] Json::Value& config() { return config_; }

 private:
  [[nodiscard]] bool answering() const { return leader && !frozen; }
  void say(const std::string& inbox, const std::string& answer) {
    const auto bytes = crypto::bytes_of(answer);
    bus_.publish(inbox, {bytes.begin(), bytes.end()});
  }
  static std::string error(int code, int number, std::string_view description) {
    return fmt::format(
        R"({{"type":"io.nats.jetstream.api.v1.response","error":{{"code":{},"err_code":{},"description":"{}"}}}})",
        code, number, description);
  }
  static std::string no_stream() { return error(404, 10059, "stream not found"); }
  static std::string no_message() { return error(404, 10037, "no message found"); }

  std::string store(const bus::Message& message) {
    for (auto each = messages_.begin(); each != messages_.end(); ++each) {
      if (each->second.first != message.subject) continue;
      if (on_second_ == OnSecond::refuse) {
        return fmt::format(
            R"({{"error":{{"code":503,"err_code":10077,"description":"maximum messages per subject exceeded"}},"stream":"{}","seq":0}})",
            name_);
      }
      messages_.erase(each);
      break;
    }
    messages_[++last_] = {message.subject, message.body};
    if (on_stored) on_stored(message.subject);
    return fmt::format(R"({{"stream":"{}", "seq":{}}})", name_, last_);
  }
  std::string info(const bus::Message&) {
    if (!exists) return no_stream();
    return fmt::format(
        R"({{"type":"io.nats.jetstream.api.v1.stream_info_response","total":0,"offset":0,"limit":0,"config":{},"created":"2026-12-01T00:05:{:02}.727559037Z","state":{{"messages":{},"bytes":100,"first_seq":{},"first_ts":"2026-12-01T00:05:32.733231673Z","last_seq":{},"last_ts":"2026-12-01T00:05:32.733657145Z","consumer_count":0}}}})",
        json::write(config_), incarnation_, messages_.size(),
        messages_.empty() ? 0 : messages_.begin()->first, last_);
  }
  std::string get(const bus::Message& message) {
    if (!exists) return no_stream();
    const std::string text(message.body.begin(), message.body.end());
    const Json::Value which = json::parse(text).value();
    auto found = messages_.end();
    if (which.isMember("last_by_subj")) {
      for (auto each = messages_.begin(); each != messages_.end(); ++each)
        if (each->second.first == which["last_by_subj"].asString()) found = each;
    } else if (which["next_by_subj"] == ">") {
      found = messages_.lower_bound(which["seq"].asUInt64());
    }
    if (found == messages_.end()) return no_message();
    return fmt::format(
        R"({{"type":"io.nats.jetstream.api.v1.stream_msg_get_response","message":{{"subject":"{}","seq":{},"data":"{}","time":"2026-12-01T00:05:32.733231673Z"}}}})",
        found->second.first, found->first, text::to_base64(found->second.second));
  }
  std::string create(const bus::Message& message) {
    config_ = json::parse(std::string(message.body.begin(), message.body.end())).value();
    exists = true;
    return info(message);
  }

  bus::test::FakeBus bus_;
  std::string name_;
  OnSecond on_second_;
  Json::Value config_{Json::objectValue};
  int incarnation_ = 10;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, std::pair<std::string, bus::Bytes>> messages_;
  std::vector<std::unique_ptr<bus::Handle>> handles_;
  std::unique_ptr<bus::Handle> stored_;
};

}  // namespace sfteams::connector::test
