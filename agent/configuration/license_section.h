#pragma once

#include "agent/licensing/settings.h"
#include "base/settings/ini.h"

namespace sfteams::agent {

/// Takes [license] into `out`, the files of named users and of issuers included. What is wrong with
/// it is rejected at the reader, with the line of such a file where it stands in one.
void read_license_section(settings::Reader& reader, LicenseSettings& out);

}  // namespace sfteams::agent
