# The rooms, and which of them each may enter: the table of docs/architecture.md, which is the only list of them.
# Sets SFTEAMS_ROOMS, the lowest first, and SFTEAMS_ENTERS_<room>, without base/error, which everybody may enter.
set(SFTEAMS_ROOM_TABLE ${CMAKE_SOURCE_DIR}/docs/architecture.md)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${SFTEAMS_ROOM_TABLE})
file(STRINGS ${SFTEAMS_ROOM_TABLE} rows REGEX "^\\| `[^`]+/` \\|")
foreach(row ${rows})
  string(REGEX MATCH "^\\| `([a-z/]+)/` \\| ([a-z/ ]*)\\|" matched "${row}")
  if(NOT matched)
    message(FATAL_ERROR "docs/architecture.md: a row of the rooms that is not understood: ${row}")
  endif()
  set(room ${CMAKE_MATCH_1})
  separate_arguments(enters UNIX_COMMAND "${CMAKE_MATCH_2}")
  list(PREPEND SFTEAMS_ROOMS ${room})
  set(SFTEAMS_ENTERS_${room} ${enters})
endforeach()

# sfteams_targets(OUT ROOM …): the libraries of rooms: room_agent_pbx for agent/pbx.
function(sfteams_targets out)
  set(targets)
  foreach(room ${ARGN})
    if(NOT room IN_LIST SFTEAMS_ROOMS)
      message(FATAL_ERROR "${room} is no room of the table in docs/architecture.md")
    endif()
    string(REPLACE "/" "_" target room_${room})
    list(APPEND targets ${target})
  endforeach()
  set(${out} ${targets} PARENT_SCOPE)
endfunction()

# sfteams_room(SOURCES … LIBRARIES … PRIVATE_LIBRARIES …)
# This directory is a room: one static library, linked to those of the rooms that it may enter. LIBRARIES are seen by
# every user of it, PRIVATE_LIBRARIES are not.
function(sfteams_room)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
  file(RELATIVE_PATH room ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  sfteams_targets(target ${room})
  sfteams_targets(entered base/error ${SFTEAMS_ENTERS_${room}})
  list(REMOVE_ITEM entered ${target})
  add_library(${target} STATIC ${ROOM_SOURCES})
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${target} PUBLIC ${entered} ${ROOM_LIBRARIES} PRIVATE ${ROOM_PRIVATE_LIBRARIES})
endfunction()

# Tests and command lines need not be fast: they are compiled in half the time.
function(sfteams_quickly_compiled target)
  if(SFTEAMS_SANITIZE)
    target_compile_options(${target} PRIVATE -O0)
  elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    target_compile_options(${target} PRIVATE -O1 -g1)
  endif()
endfunction()

# sfteams_program(NAME PART … SOURCES … LIBRARIES …): an installed program of this room. PART is the package that it belongs
# to; without one it is for developers and in none. The target `programs` builds all of them and nothing else.
add_custom_target(programs)
function(sfteams_program name)
  cmake_parse_arguments(PROGRAM "" "PART" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT PROGRAM_PART)
    set(PROGRAM_PART developer)
  endif()
  file(RELATIVE_PATH room ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  sfteams_targets(targets ${room})
  if(NOT TARGET ${targets})
    # A room that is nothing but this program.
    sfteams_targets(targets base/error ${SFTEAMS_ENTERS_${room}})
  endif()
  add_executable(${name} ${PROGRAM_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${targets} ${PROGRAM_LIBRARIES} program_version)
  target_compile_definitions(${name} PRIVATE SFTEAMS_VERSION="${PROJECT_VERSION}")
  sfteams_quickly_compiled(${name})
  add_dependencies(programs ${name})
  install(TARGETS ${name} RUNTIME COMPONENT ${PROGRAM_PART})
endfunction()

# sfteams_tests(NAME SOURCES … ROOMS … LIBRARIES …)
# One Catch2 program, tests_<NAME>; every test case becomes a ctest labelled with the name.
function(sfteams_tests name)
  cmake_parse_arguments(TEST "" "" "SOURCES;ROOMS;LIBRARIES" ${ARGN})
  sfteams_targets(rooms ${TEST_ROOMS})
  add_executable(tests_${name} ${TEST_SOURCES})
  target_link_libraries(tests_${name} PRIVATE tests_main ${rooms} ${TEST_LIBRARIES})
  target_include_directories(tests_${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(tests_${name} PRIVATE SFTEAMS_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                             SFTEAMS_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  target_precompile_headers(tests_${name} REUSE_FROM tests_main)
  sfteams_quickly_compiled(tests_${name})
  # gcc 12 sees overlaps in concatenated strings that are none (gcc bug 105651).
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(tests_${name} PRIVATE -Wno-array-bounds -Wno-restrict
                           -Wno-stringop-overflow)
  endif()
  # After which it counts as hung. A machine may have much else to do.
  set(patience 120)
  if(SFTEAMS_SANITIZE)
    set(patience 240)
  endif()
  catch_discover_tests(tests_${name} TEST_PREFIX "${name}: "
                       PROPERTIES LABELS ${name} TIMEOUT ${patience} SKIP_RETURN_CODE 77)
endfunction()
