#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/error/error.h"
#include "connector/registry/registry.h"

namespace sfteams::connector {

/// What an operator changes by hand. In a single connector that is done to the registry itself,
/// whether the connector runs or not; in a cluster the running node has it written into the log of
/// names, and the registry follows.
class NameChanges {
 public:
  using By = Registry::By;
  virtual ~NameChanges() = default;
  /// To be read only.
  [[nodiscard]] virtual Registry& registry() const = 0;

  // As Registry's functions of these names.
  [[nodiscard]] virtual Result<bool> enroll(const std::string& name, const By& by) const = 0;
  [[nodiscard]] virtual Result<bool> forget(const std::string& name, const By& by) const = 0;
  [[nodiscard]] virtual Result<bool> disable(const std::string& name, const std::string& reason,
                                             const By& by) const = 0;
  [[nodiscard]] virtual Result<bool> enable(const std::string& name, const By& by) const = 0;
};

/// Of a connector that is alone.
class RegistryChanges final : public NameChanges {
 public:
  explicit RegistryChanges(Registry& registry) : registry_(registry) {}
  [[nodiscard]] Registry& registry() const override { return registry_; }
  [[nodiscard]] Result<bool> enroll(const std::string& name, const By& by) const override {
    return registry_.enroll(name, by);
  }
  [[nodiscard]] Result<bool> forget(const std::string& name, const By& by) const override {
    return registry_.forget(name, by);
  }
  [[nodiscard]] Result<bool> disable(const std::string& name, const std::string& reason,
                                     const By& by) const override {
    return registry_.disable(name, reason, by);
  }
  [[nodiscard]] Result<bool> enable(const std::string& name, const By& by) const override {
    return registry_.enable(name, by);
  }

 private:
  Registry& registry_;
};

/// Of a node of a cluster, which has to run: asks it over its control socket. Fails with what it
/// answers, such as connector.registry-log-away, or with connector.not-running.
class ClusterChanges final : public NameChanges {
 public:
  ClusterChanges(Registry& registry, std::filesystem::path registry_file)
      : registry_(registry), registry_file_(std::move(registry_file)) {}
  [[nodiscard]] Registry& registry() const override { return registry_; }
  [[nodiscard]] Result<bool> enroll(const std::string& name, const By& by) const override;
  [[nodiscard]] Result<bool> forget(const std::string& name, const By& by) const override;
  [[nodiscard]] Result<bool> disable(const std::string& name, const std::string& reason,
                                     const By& by) const override;
  [[nodiscard]] Result<bool> enable(const std::string& name, const By& by) const override;

 private:
  [[nodiscard]] Result<bool> change(const char* action, const std::string& name, const By& by,
                                    const std::string& reason = {}) const;

  Registry& registry_;
  std::filesystem::path registry_file_;
};

}  // namespace sfteams::connector
