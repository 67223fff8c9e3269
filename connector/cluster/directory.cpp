#include "connector/cluster/directory.h"

#include <utility>

#include "connector/cluster/messages.h"

namespace sfteams::connector {

/// One question, which is asked once more when no proper answer comes.
class Directory::Lookup final : public bus::Handle {
 public:
  Lookup(Directory& directory, std::string name, std::function<void(const Finding&)> done)
      : context_(directory.context_),
        known_(directory.known_),
        tally_(directory.tally_),
        name_(std::move(name)),
        subject_(context_.subjects.name(context_.keys.hash_of(name_))),
        done_(std::move(done)) {
    if (const Epoch epoch = directory.epoch_of(name_); epoch != 0) {
      const NodeIdentity& self = context_.identity;
      finish_later({Finding::Outcome::found, {self.id, self.boot, self.url, epoch}, false});
    } else if (context_.bus.up()) {
      ask();
    } else {
      finish_later(remembered());
    }
  }

 private:
  static constexpr int kTries = 2;

  void ask() {
    ++tries_;
    bus::Bytes body = context_.maker.make(subject_, WordKind::find, {});
    question_ = context_.maker.counter();
    request_ = context_.bus.request(subject_, std::move(body), kDeadline,
                                    [this](const bus::Reply& reply) { on_reply(reply); });
  }

  void on_reply(const bus::Reply& reply) {
    using enum bus::Reply::Outcome;
    if (reply.outcome == answered) {
      if (auto place = place_in(reply.body)) {
        known_.set_place(name_, *place);
        return finish({Finding::Outcome::found, std::move(*place), false});
      }
    } else if (reply.outcome == nobody) {
      known_.forget_place(name_);
      return finish({Finding::Outcome::nobody, {}, false});
    } else if (reply.outcome == down) {
      return finish(remembered());
    }
    if (tries_ < kTries) return ask();
    finish({});
  }

  [[nodiscard]] std::optional<Place> place_in(const bus::Bytes& body) {
    auto word = context_.reader.read_answer(subject_, question_, body);
    if (!word || word->kind != WordKind::place) return std::nullopt;
    auto answer = read_place(word->payload);
    if (!answer) return std::nullopt;
    return Place{std::move(word->node), word->boot, std::move(answer->url), answer->epoch};
  }

  [[nodiscard]] Finding remembered() {
    auto place = known_.place(name_);
    if (!place) return {};
    return {Finding::Outcome::found, std::move(*place), true};
  }

  void finish_later(Finding finding) {
    later_ = context_.scheduler.after(transport::Duration(0),
                                      [this, finding = std::move(finding)] { finish(finding); });
  }

  /// The last thing that is done here: the handle may go.
  void finish(const Finding& finding) {
    const auto done = std::exchange(done_, nullptr);
    if (!done) return;
    tally_.lookups.add(kind_of(finding));
    done(Finding(finding));
  }

  static std::string_view kind_of(const Finding& finding) {
    using enum Finding::Outcome;
    if (finding.outcome == found) return finding.remembered ? "remembered" : "found";
    return finding.outcome == nobody ? "nobody" : "unknown";
  }

  ClusterContext& context_;
  KnownPlaces& known_;
  DirectoryTally& tally_;
  const std::string name_;
  const std::string subject_;
  std::function<void(const Finding&)> done_;
  int tries_ = 0;
  std::uint64_t question_ = 0;
  std::unique_ptr<bus::Handle> request_;
  std::unique_ptr<transport::Timer> later_;
};

Directory::Directory(ClusterContext& context, HeldNames::Callbacks callbacks)
    : context_(context), held_(context, known_, counted(std::move(callbacks))) {}

HeldNames::Callbacks Directory::counted(HeldNames::Callbacks callbacks) {
  callbacks.lost = [this, told = std::move(callbacks.lost)](const std::string& name, Why why) {
    tally_.lost.add(why == Why::tie ? "tie" : "overtaken");
    if (told) told(name, why);
  };
  return callbacks;
}

std::unique_ptr<bus::Handle> Directory::find(const std::string& name,
                                             std::function<void(const Finding&)> done) {
  return std::make_unique<Lookup>(*this, name, std::move(done));
}

bool Directory::forget_everywhere(const std::string& name) {
  known_.forget_place(name);
  const std::string subject = context_.subjects.name(context_.keys.hash_of(name));
  return context_.bus.publish(subject, context_.maker.make(subject, WordKind::forget, {}));
}

}  // namespace sfteams::connector
