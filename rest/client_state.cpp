#include "rest/client_state.h"

#include <utility>

#include <fmt/format.h>

#include "rest/codes.h"
#include "transport/codes.h"

namespace sfteams::rest {
namespace {

/// Larger answers are read beside the loop.
constexpr std::size_t kReadAtOnce = 32'768;

}  // namespace

class Client::State::Handle final : public Asking {
 public:
  Handle(std::weak_ptr<State> state, std::shared_ptr<Job> job)
      : state_(std::move(state)), job_(std::move(job)) {}
  ~Handle() override {
    if (const auto state = state_.lock()) state->cancel(*job_);
  }

 private:
  std::weak_ptr<State> state_;
  std::shared_ptr<Job> job_;
};

Client::State::State(Setup setup)
    : setup_(std::move(setup)),
      pace_(setup_.limits.burst, setup_.limits.every, setup_.scheduler.now()) {}

std::unique_ptr<Asking> Client::State::ask(Question question,
                                           std::function<void(Result<Answer>)> answer) {
  auto job = std::make_shared<Job>();
  if (closed_) return std::make_unique<Handle>(weak_from_this(), std::move(job));
  job->question = std::move(question);
  job->answer = std::move(answer);
  job->deadline = setup_.scheduler.after(setup_.limits.patience,
                                         [this, raw = job.get()] { out_of_time(*raw); });
  waiting_.push_back(job);
  serve_after(Duration(0));
  return std::make_unique<Handle>(weak_from_this(), std::move(job));
}

void Client::State::close() {
  closed_ = true;
  turn_.reset();
  // What the callbacks hold goes last: it may own further handles, which find nothing to cancel.
  std::list<std::function<void(Result<Answer>)>> dropped;
  for (auto* const jobs : {&waiting_, &running_}) {
    for (const auto& job : std::exchange(*jobs, {})) {
      dropped.push_back(std::exchange(job->answer, nullptr));
      job->deadline.reset();
      job->asking.reset();
      job->pending.reset();
      job->work.reset();
    }
  }
}

void Client::State::sign_out(std::function<void()> done) {
  close();
  auto call = setup_.credential->sign_out();
  if (!call) {
    turn_ = setup_.scheduler.after(Duration(0), std::move(done));
    return;
  }
  leaving_ = setup_.http.send(
      std::move(*call), [this, done = std::move(done)](const Result<transport::HttpReply>&) {
        const std::unique_ptr<transport::HttpPending> answered = std::move(leaving_);
        done();
      });
}

void Client::State::serve_after(Duration delay) {
  if (closed_) return;
  turn_ = setup_.scheduler.after(delay, [this] { serve(); });
}

void Client::State::serve() {
  const auto alive = shared_from_this();
  const transport::TimePoint now = setup_.scheduler.now();
  while (!waiting_.empty()) {
    const std::shared_ptr<Job> job = waiting_.front();
    if (const Error* const error = remembered(job->question.path)) {
      end(*job, fail(*error));
      continue;
    }
    if (running_.size() >= setup_.limits.at_once) break;
    if (!pace_.take(now)) {
      serve_after(pace_.wait(now));
      break;
    }
    waiting_.pop_front();
    running_.push_back(job);
    start(*job);
  }
  // The newest ones wait in vain.
  while (waiting_.size() > setup_.limits.waiting) {
    end(*waiting_.back(), fail(codes::kBusy, "too many requests of this user wait for the PBX",
                               "try again in a moment"));
  }
}

const Error* Client::State::remembered(const std::string& path) const {
  for (const std::string& key : {std::string(), path}) {
    const auto found = remembered_.find(key);
    if (found != remembered_.end() && setup_.scheduler.now() < found->second.until)
      return &found->second.error;
  }
  return nullptr;
}

void Client::State::remember(const std::string& path, Error error, Duration how_long) {
  remembered_.insert_or_assign(path,
                               Remembered{std::move(error), setup_.scheduler.now() + how_long});
}

void Client::State::start(Job& job) {
  auto asking = setup_.credential->get([this, raw = &job](Result<Credential::Shown> shown) {
    const auto alive = shared_from_this();
    const std::shared_ptr<Job> kept = raw->shared_from_this();
    // Kept to the end: what asks may not go while its callback runs.
    const std::unique_ptr<Asking> answered = std::move(kept->asking);
    send(*kept, std::move(shown));
  });
  // Otherwise it has been answered at once.
  if (job.answer && job.pending == nullptr) job.asking = std::move(asking);
}

void Client::State::send(Job& job, Result<Credential::Shown> shown) {
  if (!shown) return end(job, fail(std::move(shown.error())));
  job.shown = shown->number;
  transport::HttpCall call = rest_call(setup_.pbx, job.question.path + job.question.query);
  call.secret_header = std::move(shown->header);
  call.ca_file = setup_.ca_file;
  call.sender = setup_.sender;
  call.timeout = setup_.limits.patience;
  job.pending =
      setup_.http.send(std::move(call), [this, raw = &job](Result<transport::HttpReply> reply) {
        const auto alive = shared_from_this();
        const std::shared_ptr<Job> kept = raw->shared_from_this();
        const std::unique_ptr<transport::HttpPending> answered = std::move(kept->pending);
        on_reply(*kept, std::move(reply));
      });
}

void Client::State::on_reply(Job& job, Result<transport::HttpReply> reply) {
  if (!reply) return end(job, fail(failed_call(std::move(reply.error()))));
  const std::string& path = job.question.path;
  switch (head_of(*reply)) {
    case Head::usable:
      setup_.credential->served(job.shown);
      return read(job, std::move(*reply));
    case Head::turned_away:
      return on_turned_away(job, reply->status);
    case Head::not_offered: {
      const Error error = not_offered(path, reply->status);
      remember(path, error, setup_.limits.not_offered);
      return end(job, fail(error));
    }
    case Head::refused:
    case Head::unwell:
      return end(job, fail(pbx_error(path, reply->status)));
  }
}

void Client::State::on_turned_away(Job& job, int status) {
  const bool another = setup_.credential->refused(job.shown);
  if (another && !std::exchange(job.again, true)) return start(job);
  if (status != 401) return end(job, fail(pbx_error(job.question.path, status)));
  const Error error = not_signed_in(job.question.path, status);
  remember("", error, setup_.limits.not_signed_in);
  end(job, fail(error));
}

void Client::State::read(Job& job, transport::HttpReply reply) {
  if (reply.body.size() <= kReadAtOnce) return end(job, job.question.read(reply.body));
  job.work = transport::run_beside(
      setup_.background,
      [body = std::move(reply.body), read = job.question.read] { return read(body); },
      [this, raw = &job, held = std::move(reply.held)](Result<Answer> answer) {
        const auto alive = shared_from_this();
        const std::shared_ptr<Job> kept = raw->shared_from_this();
        const std::unique_ptr<transport::BackgroundWork> done = std::move(kept->work);
        end(*kept, std::move(answer));
      });
}

void Client::State::end(Job& job, Result<Answer> result) {
  const auto kept = job.shared_from_this();
  const auto answer = std::exchange(job.answer, nullptr);
  if (!answer) return;
  take_out(job);
  answer(std::move(result));
}

void Client::State::cancel(Job& job) {
  if (const auto dropped = std::exchange(job.answer, nullptr)) take_out(job);
}

void Client::State::take_out(Job& job) {
  const auto kept = job.shared_from_this();
  job.deadline.reset();
  job.asking.reset();
  job.pending.reset();
  job.work.reset();
  waiting_.remove(kept);
  running_.remove(kept);
  if (!waiting_.empty()) serve_after(Duration(0));
}

void Client::State::out_of_time(Job& job) {
  const auto alive = shared_from_this();
  end(job, fail(transport::codes::kTimeout,
                fmt::format("the PBX did not answer {} within {} ms", job.question.path,
                            setup_.limits.patience.count()),
                "check the PBX's load and its log, then try again"));
}

}  // namespace sfteams::rest
