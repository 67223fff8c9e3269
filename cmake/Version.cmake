# The release and the commit that the programs name (base/program/version.h).
# As a script (cmake -DOUT=… -DSOURCE=… -DVERSION=… -P Version.cmake) it writes the source that holds them, and only when it has
# changed: a build after a commit compiles one small file and links the programs, and one without a commit does nothing.
if(CMAKE_SCRIPT_MODE_FILE)
  # git has put the commit there if this tree comes from `git archive` (.gitattributes).
  file(STRINGS ${SOURCE}/cmake/archived-commit archived LIMIT_COUNT 1)
  set(commit "unknown")
  find_program(GIT git)
  if(archived MATCHES "^([0-9a-f]+)$")
    string(SUBSTRING ${archived} 0 8 commit)
  elseif(GIT)
    # A container's root may build what another user has checked out. Nothing is written into the repository.
    set(git ${GIT} --no-optional-locks -C ${SOURCE} -c safe.directory=${SOURCE})
    execute_process(COMMAND ${git} rev-parse --show-toplevel HEAD OUTPUT_VARIABLE found RESULT_VARIABLE failed ERROR_QUIET)
    string(REGEX MATCHALL "[^\n]+" found "${found}")
    list(LENGTH found lines)
    if(NOT failed AND lines EQUAL 2)
      list(GET found 0 top)
      list(GET found 1 head)
      file(REAL_PATH ${SOURCE} here)
      # A tree without a repository of its own may lie in somebody else's.
      if(top STREQUAL here)
        string(SUBSTRING ${head} 0 8 commit)
        execute_process(COMMAND ${git} status --porcelain --untracked-files=no OUTPUT_VARIABLE changes
                        RESULT_VARIABLE failed ERROR_QUIET)
        if(failed OR changes)
          string(APPEND commit ", modified")
        endif()
      endif()
    endif()
  endif()
  file(CONFIGURE OUTPUT ${OUT} @ONLY CONTENT [[// Made by cmake/Version.cmake.
#include "base/program/version.h"

namespace sfteams::program {

std::string_view version_text() {
  return "@VERSION@ (commit @commit@)";
}

}  // namespace sfteams::program
]])
  return()
endif()

set(version_source ${CMAKE_BINARY_DIR}/version.cpp)
add_custom_target(refresh_version
  COMMAND ${CMAKE_COMMAND} -DOUT=${version_source} -DSOURCE=${CMAKE_SOURCE_DIR} -DVERSION=${PROJECT_VERSION}
          -P ${CMAKE_CURRENT_LIST_FILE}
  BYPRODUCTS ${version_source} VERBATIM)
add_library(program_version STATIC ${version_source})
target_include_directories(program_version PUBLIC ${CMAKE_SOURCE_DIR})
add_dependencies(program_version refresh_version)
