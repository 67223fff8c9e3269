#include "uci/subscribing.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "uci/codes.h"
#include "uci/method_kind.h"
#include "uci/reply.h"
#include "uci/xmlrpc.h"

namespace sfteams::uci {
namespace {

/// The services named by the parameters of a subscription: one string, or one array of strings.
std::vector<std::string> services_in(const Array& params) {
  std::vector<std::string> services;
  if (params.size() != 1) return services;
  if (const std::string* one = params.front().as_string()) services.push_back(*one);
  if (const Array* list = params.front().as_array()) {
    for (const Value& item : *list) {
      if (const std::string* service = item.as_string()) services.push_back(*service);
    }
  }
  return services;
}

/// The wishes that a subscription of these services adds.
Result<std::vector<Subscription>> wishes_for(const Subscriptions& subscriptions,
                                             std::string_view method,
                                             const std::vector<std::string>& services) {
  std::vector<Subscription> wanted;
  for (const std::string& service : services) {
    if (!Subscriptions::is_name(service))
      return fail(
          codes::kBadServiceName,
          fmt::format("the name of an event service is empty, longer than {} bytes, or holds "
                      "blanks or other characters than printable ASCII",
                      Subscriptions::kMaxName),
          "take a name that getProvidedEvents answers");
    wanted.push_back({std::string(method), service});
    if (!subscriptions.has_room_for(wanted.back()) || wanted.size() > Subscriptions::kMost)
      return fail(codes::kTooManyServices,
                  fmt::format("a user can subscribe {} event services", Subscriptions::kMost));
  }
  return wanted;
}

/// The list replaces what the PBX had, so it has to name what the other sessions want as well.
Array whole_list(const Subscriptions& subscriptions, std::string_view method,
                 const std::vector<std::string>& services) {
  Array list;
  for (const std::string& service : subscriptions.services_by(method)) {
    if (std::find(services.begin(), services.end(), service) == services.end())
      list.emplace_back(service);
  }
  for (const std::string& service : services)
    list.emplace_back(service);
  return list;
}

Result<std::optional<PreparedCall>> written(const Dialect& dialect, std::string_view method,
                                            const Array& params, SubscriptionChange change) {
  auto body = write_call(method, params, dialect.nil);
  if (!body) return fail(std::move(body.error()));
  return PreparedCall{std::move(*body), std::move(change)};
}

}  // namespace

void SubscriptionChange::apply(Subscriptions& subscriptions, const Value& answer) const {
  if (is_false(answer)) return;
  for (const Subscription& subscription : wanted)
    subscriptions.add(subscription);
  if (given_up) subscriptions.remove(*given_up);
}

Result<std::optional<PreparedCall>> prepare_call(Subscriptions& subscriptions,
                                                 const Dialect& dialect, std::string_view method,
                                                 const Array& params) {
  const MethodKind kind = kind_of(method);
  const bool subscribes = kind == MethodKind::subscribe || kind == MethodKind::subscribe_list;
  if (!subscribes && kind != MethodKind::unsubscribe) return written(dialect, method, params, {});
  const std::vector<std::string> services = services_in(params);
  if (services.empty()) return written(dialect, method, params, {});

  SubscriptionChange change;
  if (!subscribes) {
    if (params.front().as_string() != nullptr &&
        subscriptions.give_up(services.front()) == Subscriptions::GivingUp::kept)
      return std::nullopt;
    change.given_up = services.front();
    return written(dialect, method, params, std::move(change));
  }
  auto wanted = wishes_for(subscriptions, method, services);
  if (!wanted) return fail(std::move(wanted.error()));
  change.wanted = std::move(*wanted);
  Array sent;
  if (kind == MethodKind::subscribe_list) {
    sent.emplace_back(whole_list(subscriptions, method, services));
  } else {
    sent.emplace_back(services.front());
  }
  return written(dialect, method, sent, std::move(change));
}

}  // namespace sfteams::uci
