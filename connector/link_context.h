#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "connector/admission.h"
#include "connector/buffer_budget.h"
#include "connector/cluster/cluster_keys.h"
#include "connector/cluster/node_identity.h"
#include "connector/configuration.h"
#include "connector/node_proof_alarm.h"
#include "connector/pace.h"
#include "connector/paces.h"
#include "connector/registration_slots.h"
#include "connector/registry/registry.h"
#include "connector/routes.h"
#include "connector/tallies.h"
#include "connector/throttle.h"
#include "connector/waiting_room.h"
#include "transport/scheduler.h"

namespace sfteams::connector {

class ClusterNode;

/// What all links of a connector share. It outlives them.
struct LinkContext {
  static constexpr transport::Duration kSecond{1'000};
  static constexpr transport::Duration kMinute{60'000};
  static constexpr std::size_t kRemembered = 20'000;  ///< addresses, and names
  static constexpr std::size_t kWaitingNodes = 256;   ///< links of nodes not proven yet

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
        joined(configuration_in.limits.clients, configuration_in.limits.clients_per_sender),
        new_names(configuration_in.limits.new_names_per_minute, kMinute, scheduler_in.now()),
        registrations(configuration_in.limits.registrations_per_second, scheduler_in.now()),
        admissions_from(configuration_in.limits.admissions_per_address, kMinute, kRemembered),
        admissions_to(configuration_in.limits.admissions_per_name, kMinute, kRemembered),
        waiting_nodes(kWaitingNodes, kWaitingNodes / 4),
        buffers(std::make_shared<BufferBudget>(configuration_in.limits.total_buffer)) {}

  transport::Scheduler& scheduler;
  const Configuration& configuration;
  Registry& registry;
  /// Something was noted in the registry: has it written, at once or in a moment.
  std::function<void()> write_soon = [] {};
  Admission admission;
  std::function<UnixSeconds()> unix_now;

  /// This node sends everybody to the others; who comes here now is sent on.
  bool moving = false;
  Tallies tallies;
  Routes routes;
  /// Apart, because a PBX and its users often share an address, and neither shall slow the other.
  Throttle failed_clients;
  Throttle failed_agents;
  WaitingRoom waiting;
  /// Clients that are admitted: who has a key file can take no more of an agent than this.
  WaitingRoom joined;
  Pace new_names;
  /// Of agents: after an outage all of them come, and are told to come in turn.
  RegistrationSlots registrations;
  Paces<Address, AddressHash> admissions_from;
  /// Only of clients that have the key: nobody else can use up what a name has.
  Paces<std::string> admissions_to;
  /// Apart, so that a crowd of agents and clients keeps no node away.
  WaitingRoom waiting_nodes;
  std::shared_ptr<BufferBudget> buffers;
  /// Of a node of a cluster; nullptr: this connector is alone. They outlive the context.
  const ClusterKeys* cluster_keys = nullptr;
  const NodeIdentity* node = nullptr;
  ClusterNode* cluster = nullptr;
  NodeProofAlarm node_proof_alarm;
};

}  // namespace sfteams::connector
