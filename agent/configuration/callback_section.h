#pragma once

#include "agent/pbx/settings.h"
#include "base/settings/ini.h"

namespace sfteams::agent {

/// Those keys of [uci] that say where the PBX delivers its events, and who may.
void read_callback(settings::Reader& reader, PbxSettings& out);

}  // namespace sfteams::agent
