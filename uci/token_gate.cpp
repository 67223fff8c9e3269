#include "uci/token_gate.h"

#include <utility>

#include "uci/codes.h"

namespace sfteams::uci {

class LoneGate::Ticket final : public Leave {
 public:
  Ticket(std::shared_ptr<State> state, Use use) : state_(std::move(state)), use_(use) {
    if (use_ == Use::call) ++state_->calls;
  }
  ~Ticket() override { end(); }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;

  void settle(const TokenAnswer& answer) override {
    end();
    if (use_ == Use::call && answer.sign != TokenSign::good) state_->trusted = false;
    if (use_ != Use::call && answer.sign == TokenSign::good) state_->trusted = true;
  }

 private:
  void end() {
    if (use_ == Use::call && !std::exchange(ended_, true)) --state_->calls;
  }
  std::shared_ptr<State> state_;
  Use use_;
  bool ended_ = false;
};

std::unique_ptr<TokenGate::Leave> LoneGate::take(Use use) {
  if (use == Use::call && (!state_->trusted || state_->calls >= kMostAtOnce)) return nullptr;
  return std::make_unique<Ticket>(state_, use);
}

void LoneGate::judge(const TokenAnswer& answer, std::function<void(Verdict)> decide) {
  decide(answer.turned_away ? Verdict::wrong : Verdict::later);
}

Error LoneGate::why() const {
  return {codes::kTooManyWaiting, "too many calls of the user are under way", {}};
}

}  // namespace sfteams::uci
