# Warnings, sanitizers and the helpers that keep the edit-test loop short.

find_program(SFTEAMS_CCACHE ccache)
if(SFTEAMS_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers are found in the cache only with these checks relaxed (ccache manual).
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${SFTEAMS_CCACHE})
endif()

find_program(SFTEAMS_MOLD mold)
if(SFTEAMS_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
                    -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wnull-dereference
                    -Werror -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fpch-preprocess)
  # gcc 12 reports paths through inlined standard library code that cannot be taken.
  add_compile_options(-Wno-null-dereference)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  # Lines are enough for a backtrace; they are compiled in two thirds of the time.
  add_compile_options(-g1)
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
# The same bytes wherever the tree lies.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
add_link_options(-Wl,-z,relro,-z,now)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# Every library here is static and ends in a program, so all code is built for that; it also lets one
# precompiled header serve all test programs.
set(CMAKE_CXX_COMPILE_OPTIONS_PIC -fPIE)

if(SFTEAMS_SANITIZE)
  # For tests that have less to do then.
  add_compile_definitions(SFTEAMS_SANITIZED)
  # Lines are enough for its reports.
  add_compile_options(-fsanitize=${SFTEAMS_SANITIZE} -fno-omit-frame-pointer -O1 -g1)
  add_link_options(-fsanitize=${SFTEAMS_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # gcc 12 with sanitizers takes Catch2's use of <regex> for an uninitialized read.
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
  if(SFTEAMS_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=all)
  endif()
endif()
if(SFTEAMS_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
