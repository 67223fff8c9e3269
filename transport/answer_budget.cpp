#include "transport/answer_budget.h"

#include <algorithm>
#include <utility>

namespace sfteams::transport {

struct AnswerBudget::Part::Account {
  std::size_t most;
  std::function<void()> on_room;
  std::size_t used = 0;
  std::size_t most_used = 0;

  void give_back(std::size_t bytes) {
    used -= bytes;
    if (bytes > 0 && on_room) on_room();
  }
};

AnswerBudget::AnswerBudget(std::size_t most, std::function<void()> on_room)
    : account_(std::make_shared<Part::Account>(Part::Account{most, std::move(on_room)})) {}

AnswerBudget::~AnswerBudget() {
  account_->on_room = nullptr;
}

AnswerBudget::Part::Part(std::shared_ptr<Account> account, std::size_t bytes)
    : account_(std::move(account)), bytes_(bytes) {}

AnswerBudget::Part::~Part() {
  account_->give_back(bytes_);
}

void AnswerBudget::Part::shrink_to(std::size_t bytes) {
  if (bytes >= bytes_) return;
  account_->give_back(std::exchange(bytes_, bytes) - bytes);
}

std::shared_ptr<AnswerBudget::Part> AnswerBudget::take(std::size_t bytes) {
  Part::Account& account = *account_;
  const bool room = account.used <= account.most && bytes <= account.most - account.used;
  if (!room && account.used > 0) return nullptr;
  account.used += bytes;
  account.most_used = std::max(account.most_used, account.used);
  return std::shared_ptr<Part>(new Part(account_, bytes));
}

std::size_t AnswerBudget::in_use() const {
  return account_->used;
}

std::size_t AnswerBudget::most_used() const {
  return account_->most_used;
}

}  // namespace sfteams::transport
