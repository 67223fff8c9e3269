#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace sfteams::transport {

/// What large answers may hold at once: those that are being received and those that have been and
/// are still being worked on. Only for the loop's thread.
///
/// An answer reserves all that it may need before its first large part is taken, so two that are
/// half received never wait for each other. One that is larger than the whole budget passes alone.
class AnswerBudget {
 public:
  /// `on_room` is called when something has been given back, from wherever that happens.
  AnswerBudget(std::size_t most, std::function<void()> on_room);
  AnswerBudget(const AnswerBudget&) = delete;
  AnswerBudget& operator=(const AnswerBudget&) = delete;

  /// A part of the budget; destroying it gives it back. It may outlive the budget.
  class Part {
   public:
    ~Part();
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;
    /// Gives back what turned out not to be needed.
    void shrink_to(std::size_t bytes);

   private:
    friend class AnswerBudget;
    struct Account;
    Part(std::shared_ptr<Account> account, std::size_t bytes);
    std::shared_ptr<Account> account_;
    std::size_t bytes_;
  };

  /// nullptr: there is no room just now.
  [[nodiscard]] std::shared_ptr<Part> take(std::size_t bytes);

  [[nodiscard]] std::size_t in_use() const;
  /// The most that ever was.
  [[nodiscard]] std::size_t most_used() const;

  ~AnswerBudget();

 private:
  std::shared_ptr<Part::Account> account_;
};

}  // namespace sfteams::transport
