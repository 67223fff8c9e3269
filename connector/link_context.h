#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "connector/admission.h"
#include "connector/buffer_budget.h"
#include "connector/configuration.h"
#include "connector/pace.h"
#include "connector/registry.h"
#include "connector/routes.h"
#include "connector/throttle.h"
#include "connector/waiting_room.h"
#include "transport/scheduler.h"

namespace sfteams::connector {

/// What all links of a connector share. It outlives them.
struct LinkContext {
  LinkContext(transport::Scheduler& scheduler_in, const Configuration& configuration_in,
              Registry& registry_in, Admission admission_in, std::function<UnixSeconds()> clock)
      : scheduler(scheduler_in),
        configuration(configuration_in),
        registry(registry_in),
        admission(admission_in),
        unix_now(std::move(clock)),
        failed_clients(configuration_in.throttle),
        failed_agents(configuration_in.throttle),
        waiting(configuration_in.limits.waiting, configuration_in.limits.waiting_per_sender),
        new_names(configuration_in.limits.new_names_per_minute, scheduler_in.now()),
        buffers(std::make_shared<BufferBudget>(configuration_in.limits.total_buffer)) {}

  transport::Scheduler& scheduler;
  const Configuration& configuration;
  Registry& registry;
  /// Something was noted in the registry: has it written in a moment.
  std::function<void()> write_soon = [] {};
  Admission admission;
  std::function<UnixSeconds()> unix_now;

  Routes routes;
  /// Apart, because a PBX and its users often share an address, and neither shall slow the other.
  Throttle failed_clients;
  Throttle failed_agents;
  WaitingRoom waiting;
  Pace new_names;
  std::shared_ptr<BufferBudget> buffers;
};

}  // namespace sfteams::connector
